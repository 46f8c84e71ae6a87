// Several threads at once.

#include "calls.h"

enum { threads = 8, rounds = 50 };

/// Answers every byte with the next one, until the peer ends.
static void *serve(void *argument) {
  int socket = (int)(intptr_t)argument;
  unsigned char byte;
  while (net->recv(socket, &byte, 1, 0) == 1) {
    byte++;
    if (net->send(socket, &byte, 1, MSG_NOSIGNAL) != 1) break;
  }
  net->close(socket);
  return NULL;
}

static void *accept_all(void *argument) {
  int listener = (int)(intptr_t)argument;
  pthread_t servers[threads];
  for (int index = 0; index < threads; index++) {
    int socket = net->accept(listener, NULL, NULL);
    pthread_create(&servers[index], NULL, serve, (void *)(intptr_t)socket);
  }
  for (int index = 0; index < threads; index++) pthread_join(servers[index], NULL);
  return NULL;
}

static void *ask(void *argument) {
  int socket = net->socket(AF_INET, SOCK_STREAM, 0);
  long wrong = 0;
  if (connect_to(socket, (int)(intptr_t)argument) != 0) wrong++;
  for (int round = 0; round < rounds; round++) {
    unsigned char byte = round, answer = 0;
    if (net->send(socket, &byte, 1, 0) != 1) wrong++;
    if (net->recv(socket, &answer, 1, 0) != 1 || answer != (unsigned char)(byte + 1)) wrong++;
  }
  net->close(socket);
  return (void *)wrong;
}

static void conversations(void) {
  begin("threads");
  int listener = listening(threads);
  pthread_t server, clients[threads];
  pthread_create(&server, NULL, accept_all, (void *)(intptr_t)listener);
  for (int index = 0; index < threads; index++)
    pthread_create(&clients[index], NULL, ask, (void *)(intptr_t)port_of(listener));
  for (int index = 0; index < threads; index++) {
    void *wrong;
    pthread_join(clients[index], &wrong);
    expect_equal((intptr_t)wrong, 0);
  }
  pthread_join(server, NULL);
  net->close(listener);
}

static void *wait_for_it(void *argument) {
  struct pollfd entry = {.fd = (int)(intptr_t)argument, .events = POLLIN};
  return (void *)(intptr_t)net->poll(&entry, 1, 5000);
}

static void waking(void) {
  begin("threads, one socket");
  int pair[2];
  connected(pair);
  pthread_t first, second;
  pthread_create(&first, NULL, wait_for_it, (void *)(intptr_t)pair[0]);
  pthread_create(&second, NULL, wait_for_it, (void *)(intptr_t)pair[0]);
  usleep(20000);
  expect_equal(net->send(pair[1], "x", 1, 0), 1);
  void *result;
  pthread_join(first, &result);
  expect_equal((intptr_t)result, 1);
  pthread_join(second, &result);
  expect_equal((intptr_t)result, 1);
  net->close(pair[0]);
  net->close(pair[1]);
}

void test_threads(void) {
  conversations();
  waking();
}
