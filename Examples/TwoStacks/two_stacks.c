// Two hosts in one process, without the kernel's network: `two_stacks`.
//
// Each stack has a network of its own; two threads carry the frames between them. One host listens, the
// other connects and says something, which comes back.
//
//   cc two_stacks.c $(pkg-config --cflags --libs martlet) -lpthread

#include <arpa/inet.h>
#include <martlet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// A cable has two ends: what one stack wants sent, the other receives.
struct cable {
  struct martlet *from, *to;
};

static void *carry(void *argument) {
  struct cable *cable = argument;
  unsigned char frame[1600];
  ssize_t length;
  // Waits for a frame; ends when the stack has.
  while ((length = martlet_output(cable->from, frame, sizeof frame, -1)) >= 0)
    martlet_input(cable->to, frame, length);
  return NULL;
}

static void check(int result, const char *what) {
  if (result >= 0) return;
  perror(what);
  exit(1);
}

static struct martlet *host(const char *address) {
  struct martlet_settings settings = {.prefix = 24};
  settings.address.s_addr = inet_addr(address);
  struct martlet *stack = martlet_create(&settings);
  check(stack == NULL ? -1 : 0, "martlet_create");
  return stack;
}

// The listening host: takes one connection and sends everything back.
static void *echo(void *argument) {
  int listener = *(int *)argument;
  int socket = martlet_accept(listener, NULL, NULL);
  check(socket, "martlet_accept");
  char bytes[256];
  ssize_t length;
  while ((length = martlet_recv(socket, bytes, sizeof bytes, 0)) > 0)
    check(martlet_send(socket, bytes, length, 0), "martlet_send");
  martlet_close(socket);
  return NULL;
}

int main(void) {
  struct martlet *first = host("10.0.0.1"), *second = host("10.0.0.2");
  struct cable there = {first, second}, back = {second, first};
  pthread_t carriers[2], server;
  pthread_create(&carriers[0], NULL, carry, &there);
  pthread_create(&carriers[1], NULL, carry, &back);

  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(7)};
  address.sin_addr.s_addr = inet_addr("10.0.0.2");
  int listener = martlet_socket_on(second, AF_INET, SOCK_STREAM, 0);
  check(listener, "martlet_socket");
  check(martlet_bind(listener, (struct sockaddr *)&address, sizeof address), "martlet_bind");
  check(martlet_listen(listener, 1), "martlet_listen");
  pthread_create(&server, NULL, echo, &listener);

  int socket = martlet_socket_on(first, AF_INET, SOCK_STREAM, 0);
  check(martlet_connect(socket, (struct sockaddr *)&address, sizeof address), "martlet_connect");
  check(martlet_send(socket, "over a cable of our own\n", 24, 0), "martlet_send");
  check(martlet_shutdown(socket, SHUT_WR), "martlet_shutdown");
  char bytes[64];
  ssize_t length;
  while ((length = martlet_recv(socket, bytes, sizeof bytes, 0)) > 0)
    fwrite(bytes, 1, length, stdout);
  check(length, "martlet_recv");
  martlet_close(socket);
  pthread_join(server, NULL);
  martlet_close(listener);

  // Ends the carriers' waits as well.
  martlet_destroy(first);
  martlet_destroy(second);
  pthread_join(carriers[0], NULL);
  pthread_join(carriers[1], NULL);
  return 0;
}
