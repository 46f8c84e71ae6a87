// connect, send, recv, shutdown and close of TCP.

#include "calls.h"

static void connecting(void) {
  begin("connect");
  int listener = listening(8), port = port_of(listener);
  int client = net->socket(AF_INET, SOCK_STREAM, 0);
  expect_ok(connect_to(client, port));
  expect_error(connect_to(client, port), EISCONN);
  int server = net->accept(listener, NULL, NULL);
  net->close(server);
  net->close(client);

  int patient = net->socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  expect_error(connect_to(patient, port), EINPROGRESS);
  expect_equal(ready(patient, POLLOUT, 5000), POLLOUT);
  expect_equal(get_number(patient, SOL_SOCKET, SO_ERROR), 0);
  expect_ok(connect_to(patient, port));
  expect_error(connect_to(patient, port), EISCONN);
  net->close(patient);
  net->close(listener);

  begin("connect, refused");
  int refused = net->socket(AF_INET, SOCK_STREAM, 0);
  expect_error(connect_to(refused, port), ECONNREFUSED);
  expect_error(connect_to(refused, port), ECONNREFUSED);
  expect_error(net->recv(refused, &(char){0}, 1, 0), ENOTCONN);
  net->close(refused);
  refused = net->socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  expect_error(connect_to(refused, port), EINPROGRESS);
  expect_equal(ready(refused, POLLIN | POLLOUT, 5000), POLLIN | POLLOUT | POLLERR | POLLHUP);
  expect_equal(get_number(refused, SOL_SOCKET, SO_ERROR), ECONNREFUSED);
  expect_equal(get_number(refused, SOL_SOCKET, SO_ERROR), 0);
  expect_error(connect_to(refused, port), ECONNABORTED);
  net->close(refused);

  begin("connect, nowhere");
  int stream = net->socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = loopback(9);
  address.sin_addr.s_addr = INADDR_BROADCAST;
  expect_error(net->connect(stream, (struct sockaddr *)&address, sizeof address), ENETUNREACH);
  address.sin_addr.s_addr = inet_addr("224.0.0.1");
  expect_error(net->connect(stream, (struct sockaddr *)&address, sizeof address), ENETUNREACH);
  net->close(stream);

  begin("connect, bound");
  listener = listening(8);
  client = bound(SOCK_STREAM);
  port = port_of(client);
  expect_ok(connect_to(client, port_of(listener)));
  expect_equal(port_of(client), port);
  net->close(client);
  net->close(listener);
}

static void exchanging(void) {
  begin("send and recv");
  int pair[2];
  char bytes[64] = {0};
  connected(pair);
  expect_equal(net->send(pair[0], "hello world", 11, 0), 11);
  expect_equal(ready(pair[1], POLLIN, 5000), POLLIN);
  expect_equal(net->recv(pair[1], bytes, 5, MSG_PEEK), 5);
  expect_equal(net->recv(pair[1], bytes, 5, 0), 5);
  expect_equal(memcmp(bytes, "hello", 5), 0);
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  expect_equal(
      net->recvfrom(pair[1], bytes, sizeof bytes, 0, (struct sockaddr *)&address, &length), 6);
  expect_equal(length, 0);
  expect_equal(memcmp(bytes, " world", 6), 0);
  expect_error(net->recv(pair[1], bytes, 1, MSG_DONTWAIT), EAGAIN);
  expect_error(net->recv(pair[1], bytes, 1, MSG_OOB), EINVAL);
  expect_equal(net->send(pair[1], "", 0, 0), 0);
  // An address beside a connection means nothing.
  address = loopback(1);
  expect_equal(
      net->sendto(pair[1], "abc", 3, 0, (struct sockaddr *)&address, sizeof address), 3);
  expect_equal(net->send(pair[1], "def", 3, 0), 3);
  expect_equal(net->recv(pair[0], bytes, 6, MSG_WAITALL), 6);
  expect_equal(memcmp(bytes, "abcdef", 6), 0);

  begin("shutdown");
  expect_error(net->shutdown(pair[0], 3), EINVAL);
  expect_error(net->shutdown(pair[0], -1), EINVAL);
  expect_ok(net->shutdown(pair[0], SHUT_WR));
  expect_error(net->send(pair[0], "x", 1, MSG_NOSIGNAL), EPIPE);
  expect_equal(net->recv(pair[1], bytes, 1, 0), 0);
  expect_equal(net->recv(pair[1], bytes, 1, 0), 0);
  // The other half stays open.
  expect_equal(net->send(pair[1], "late", 4, 0), 4);
  expect_equal(net->recv(pair[0], bytes, sizeof bytes, 0), 4);
  expect_ok(net->close(pair[1]));
  expect_equal(net->recv(pair[0], bytes, sizeof bytes, 0), 0);
  expect_ok(net->close(pair[0]));

  connected(pair);
  expect_ok(net->shutdown(pair[0], SHUT_RD));
  expect_equal(net->recv(pair[0], bytes, 1, 0), 0);
  net->close(pair[0]);
  net->close(pair[1]);
}

static void unconnected(void) {
  begin("unconnected");
  char byte;
  int stream = net->socket(AF_INET, SOCK_STREAM, 0);
  expect_error(net->recv(stream, &byte, 1, 0), ENOTCONN);
  expect_error(net->send(stream, &byte, 1, MSG_NOSIGNAL), EPIPE);
  expect_error(net->shutdown(stream, SHUT_WR), ENOTCONN);
  net->close(stream);
}

static volatile sig_atomic_t pipe_count;

static void count_pipe(int number) {
  (void)number;
  pipe_count++;
}

static void resetting(void) {
  begin("reset");
  int pair[2];
  char byte = 0;
  connected(pair);
  // Unread bytes make a close a reset.
  expect_equal(net->send(pair[0], "unread", 6, 0), 6);
  expect_equal(ready(pair[1], POLLIN, 5000), POLLIN);
  expect_ok(net->close(pair[1]));
  expect_equal(ready(pair[0], POLLIN | POLLOUT, 5000), POLLIN | POLLOUT | POLLERR | POLLHUP);
  expect_error(net->recv(pair[0], &byte, 1, 0), ECONNRESET);
  expect_equal(net->recv(pair[0], &byte, 1, 0), 0);
  signal(SIGPIPE, count_pipe);
  pipe_count = 0;
  expect_error(net->send(pair[0], &byte, 1, MSG_NOSIGNAL), EPIPE);
  expect_equal(pipe_count, 0);
  expect_error(net->send(pair[0], &byte, 1, 0), EPIPE);
  expect_equal(pipe_count, 1);
  signal(SIGPIPE, SIG_DFL);
  net->close(pair[0]);
}

/// A position-dependent byte.
static unsigned char pattern(size_t position) { return position * 7 + (position >> 8) * 13; }

struct bulk {
  int socket;
  size_t count;
};

static void *send_bulk(void *argument) {
  struct bulk *bulk = argument;
  static unsigned char bytes[100000];
  size_t sent = 0;
  while (sent < bulk->count) {
    size_t length = bulk->count - sent < sizeof bytes ? bulk->count - sent : sizeof bytes;
    for (size_t index = 0; index < length; index++) bytes[index] = pattern(sent + index);
    // A blocking send takes all of it.
    if (net->send(bulk->socket, bytes, length, 0) != (ssize_t)length) break;
    sent += length;
  }
  net->shutdown(bulk->socket, SHUT_WR);
  return NULL;
}

static void bulk(void) {
  begin("bulk");
  int pair[2];
  connected(pair);
  struct bulk bulk = {.socket = pair[0], .count = 8 << 20};
  pthread_t thread;
  pthread_create(&thread, NULL, send_bulk, &bulk);
  unsigned char bytes[70000];
  size_t received = 0, wrong = 0;
  ssize_t length;
  while ((length = net->recv(pair[1], bytes, sizeof bytes, 0)) > 0) {
    for (ssize_t index = 0; index < length; index++)
      wrong += bytes[index] != pattern(received + index);
    received += length;
  }
  pthread_join(thread, NULL);
  expect_equal(received, bulk.count);
  expect_equal(wrong, 0);
  net->close(pair[0]);
  net->close(pair[1]);
}

static void full(void) {
  begin("send without room");
  int pair[2];
  connected(pair);
  static char bytes[1 << 20];
  expect_ok(net->fcntl(pair[0], F_SETFL, O_NONBLOCK));
  ssize_t count;
  size_t sent = 0;
  while ((count = net->send(pair[0], bytes, sizeof bytes, 0)) > 0) sent += count;
  expect_equal(errno, EAGAIN);
  expect_equal(ready(pair[0], POLLOUT, 0), 0);
  size_t received = 0;
  while (received < sent && (count = net->recv(pair[1], bytes, sizeof bytes, 0)) > 0)
    received += count;
  expect_equal(received, sent);
  expect_equal(ready(pair[0], POLLOUT, 5000), POLLOUT);
  net->close(pair[0]);
  net->close(pair[1]);
}

void test_streams(void) {
  connecting();
  exchanging();
  unconnected();
  resetting();
  bulk();
  full();
}
