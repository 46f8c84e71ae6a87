// What C programs pass by mistake: the errno of Linux, and nothing breaks.

#include "calls.h"

/// Every call on a number that names no socket.
static void foreign(int number, int code) {
  char byte = 0;
  struct sockaddr_in address = loopback(9);
  struct sockaddr *name = (struct sockaddr *)&address;
  socklen_t length = sizeof address;
  expect_error(net->bind(number, name, length), code);
  expect_error(net->listen(number, 1), code);
  expect_error(net->accept(number, NULL, NULL), code);
  expect_error(net->connect(number, name, length), code);
  expect_error(net->send(number, &byte, 1, 0), code);
  expect_error(net->recv(number, &byte, 1, 0), code);
  expect_error(net->sendto(number, &byte, 1, 0, name, length), code);
  expect_error(net->recvfrom(number, &byte, 1, 0, name, &length), code);
  expect_error(net->shutdown(number, SHUT_RD), code);
  expect_error(net->getsockname(number, name, &length), code);
  expect_error(net->getpeername(number, name, &length), code);
  expect_error(net->getsockopt(number, SOL_SOCKET, SO_ERROR, &byte, &length), code);
  expect_error(net->setsockopt(number, SOL_SOCKET, SO_KEEPALIVE, &byte, 1), code);
}

static void handles(void) {
  begin("closed sockets");
  int closed = net->socket(AF_INET, SOCK_STREAM, 0);
  net->close(closed);
  foreign(closed, EBADF);
  begin("numbers of nothing");
  foreign(-1, EBADF);
  foreign(0x7FFFFFFF, EBADF);
  foreign(-2147483647 - 1, EBADF);
  begin("descriptors that are no sockets");
  int pipes[2];
  expect_ok(pipe(pipes));
  foreign(pipes[0], ENOTSOCK);
  close(pipes[0]);
  close(pipes[1]);
}

static void addresses(int type) {
  begin(type == SOCK_STREAM ? "bad addresses, TCP" : "bad addresses, UDP");
  int socket = net->socket(AF_INET, type, 0);
  struct sockaddr_storage storage = {0};
  struct sockaddr *name = (struct sockaddr *)&storage;
  *(struct sockaddr_in *)&storage = loopback(0);
  socklen_t length = 16;
  expect_error(net->bind(socket, NULL, 16), EFAULT);
  expect_error(net->bind(socket, name, 0), EINVAL);
  expect_error(net->bind(socket, name, 15), EINVAL);
  expect_error(net->bind(socket, name, 129), EINVAL);
  expect_error(net->bind(socket, name, -1), EINVAL);
  expect_error(net->bind(socket, (struct sockaddr *)8, 16), EFAULT);
  expect_error(net->connect(socket, NULL, 16), EFAULT);
  expect_error(net->connect(socket, name, 1), EINVAL);
  expect_error(net->connect(socket, name, 129), EINVAL);
  expect_error(net->connect(socket, name, -1), EINVAL);
  name->sa_family = AF_UNIX;
  expect_error(net->bind(socket, name, 16), EAFNOSUPPORT);
  expect_error(net->connect(socket, name, 16), EAFNOSUPPORT);
  name->sa_family = 0xFFFF;
  expect_error(net->bind(socket, name, 16), EAFNOSUPPORT);
  name->sa_family = AF_UNSPEC;
  expect_error(net->bind(socket, name, 16), EAFNOSUPPORT);
  expect_error(net->getsockname(socket, NULL, &length), EFAULT);
  expect_error(net->getsockname(socket, name, NULL), EFAULT);
  length = -1;
  expect_error(net->getsockname(socket, name, &length), EINVAL);
  length = 0;
  expect_ok(net->getsockname(socket, NULL, &length));
  expect_equal(length, 16);

  // A UDP socket that was asked to connect has a port by now.
  net->close(socket);
  socket = net->socket(AF_INET, type, 0);
  // Where a structure lies on no boundary of its own.
  unsigned char bytes[32];
  struct sockaddr_in address = loopback(0);
  memcpy(bytes + 1, &address, sizeof address);
  expect_ok(net->bind(socket, (struct sockaddr *)(bytes + 1), 16));
  length = 16;
  expect_ok(net->getsockname(socket, (struct sockaddr *)(bytes + 3), &length));
  expect_equal(bytes[3], AF_INET);
  net->close(socket);
}

static void buffers(void) {
  begin("bad buffers, TCP");
  int pair[2];
  char bytes[4096];
  // With two gigabytes of addresses behind it.
  static char low[4096];
  socklen_t length = 16;
  connected(pair);
  expect_error(net->send(pair[0], NULL, 4, 0), EFAULT);
  expect_error(net->send(pair[0], (void *)8, 4, 0), EFAULT);
  expect_error(net->send(pair[0], bytes, SIZE_MAX, 0), EFAULT);
  expect_error(net->send(pair[0], bytes, (size_t)1 << 63, 0), EFAULT);
  expect_equal(net->send(pair[0], NULL, 0, 0), 0);
  expect_equal(net->send(pair[0], "abcdef", 6, 0), 6);
  expect_equal(ready(pair[1], POLLIN, 5000), POLLIN);
  expect_equal(net->recv(pair[1], low, SIZE_MAX, MSG_PEEK), 6);
  expect_equal(net->recv(pair[1], low, (size_t)1 << 40, 0), 6);
  expect_equal(net->send(pair[0], "abcdef", 6, 0), 6);
  expect_equal(ready(pair[1], POLLIN, 5000), POLLIN);
  expect_error(net->recv(pair[1], NULL, 4, 0), EFAULT);
  expect_equal(net->recv(pair[1], NULL, 0, 0), 0);
  expect_equal(net->recv(pair[1], bytes, 6, 0), 6);

  begin("bad buffers, UDP");
  int first = bound(SOCK_DGRAM), second = bound(SOCK_DGRAM);
  struct sockaddr_in to = loopback(port_of(second));
  expect_error(net->sendto(first, NULL, 4, 0, (struct sockaddr *)&to, 16), EFAULT);
  expect_error(net->sendto(first, bytes, 4, 0, (struct sockaddr *)8, 16), EFAULT);
  expect_error(net->sendto(first, bytes, 4, 0, (struct sockaddr *)&to, 200), EINVAL);
  expect_error(net->sendto(first, bytes, 4, 0, (struct sockaddr *)&to, -1), EINVAL);
  expect_error(net->sendto(first, bytes, 1 << 20, 0, (struct sockaddr *)&to, 16), EMSGSIZE);
  expect_equal(net->sendto(first, "abc", 3, 0, (struct sockaddr *)&to, 16), 3);
  expect_equal(net->recvfrom(second, bytes, 4, 0, NULL, &length), 3);
  expect_equal(net->sendto(first, NULL, 0, 0, (struct sockaddr *)&to, 16), 0);
  expect_equal(net->recv(second, NULL, 0, 0), 0);
  net->close(first);
  net->close(second);
  net->close(pair[0]);
  net->close(pair[1]);

  begin("bad arrays");
  expect_error(net->poll(NULL, 1, 0), EFAULT);
  expect_error(net->poll(NULL, (nfds_t)-1, 0), EINVAL);
  expect_error(net->poll((struct pollfd *)8, 1, 0), EFAULT);
  expect_equal(net->poll(NULL, 0, 0), 0);
}

void test_bad_input(void) {
  handles();
  addresses(SOCK_STREAM);
  addresses(SOCK_DGRAM);
  buffers();
}
