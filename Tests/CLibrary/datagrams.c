// UDP.

#include "calls.h"

static void exchanging(void) {
  begin("datagrams");
  int first = bound(SOCK_DGRAM), second = bound(SOCK_DGRAM);
  struct sockaddr_in to = loopback(port_of(second)), from = {0};
  socklen_t length = sizeof from;
  char bytes[16];
  expect_error(net->send(first, "x", 1, 0), EDESTADDRREQ);
  expect_error(net->recv(first, bytes, 1, MSG_DONTWAIT), EAGAIN);
  expect_equal(net->sendto(first, "one", 3, 0, (struct sockaddr *)&to, sizeof to), 3);
  expect_equal(net->sendto(first, "", 0, 0, (struct sockaddr *)&to, sizeof to), 0);
  expect_equal(net->sendto(first, "three", 5, 0, (struct sockaddr *)&to, sizeof to), 5);
  expect_equal(ready(second, POLLIN, 5000), POLLIN);
  int count = 0;
  expect_ok(net->ioctl(second, FIONREAD, &count));
  expect_equal(count, 3);
  expect_equal(net->recv(second, bytes, 16, MSG_PEEK), 3);
  expect_equal(
      net->recvfrom(second, bytes, 16, 0, (struct sockaddr *)&from, &length), 3);
  expect_equal(length, sizeof from);
  expect_equal(ntohs(from.sin_port), port_of(first));
  expect_equal(net->recv(second, bytes, 16, 0), 0);
  // What does not fit is gone; MSG_TRUNC tells how long it was.
  expect_equal(net->recv(second, bytes, 2, MSG_PEEK | MSG_TRUNC), 5);
  expect_equal(net->recv(second, bytes, 2, 0), 2);
  expect_equal(memcmp(bytes, "th", 2), 0);
  expect_error(net->recv(second, bytes, 16, MSG_DONTWAIT), EAGAIN);

  begin("datagrams, lengths");
  static char large[65508];
  static char copy[65508];
  for (int index = 0; index < 65508; index++) large[index] = index * 31;
  expect_error(net->sendto(first, large, 65508, 0, (struct sockaddr *)&to, sizeof to), EMSGSIZE);
  expect_equal(net->sendto(first, large, 65507, 0, (struct sockaddr *)&to, sizeof to), 65507);
  expect_equal(net->recv(second, copy, sizeof copy, 0), 65507);
  expect_equal(memcmp(large, copy, 65507), 0);

  begin("datagrams, destinations");
  to.sin_port = 0;
  expect_error(net->sendto(first, "x", 1, 0, (struct sockaddr *)&to, sizeof to), EINVAL);
  expect_error(net->sendto(first, "x", 1, 0, (struct sockaddr *)&to, 8), EINVAL);
  to = loopback(port_of(second));
  to.sin_family = AF_UNIX;
  expect_error(net->sendto(first, "x", 1, 0, (struct sockaddr *)&to, sizeof to), EAFNOSUPPORT);
  to.sin_family = AF_UNSPEC;
  expect_equal(net->sendto(first, "x", 1, 0, (struct sockaddr *)&to, sizeof to), 1);
  expect_equal(net->recv(second, bytes, 16, 0), 1);
  net->close(first);
  net->close(second);
}

static void connecting(void) {
  begin("datagrams, connected");
  int first = net->socket(AF_INET, SOCK_DGRAM, 0), second = bound(SOCK_DGRAM);
  int third = bound(SOCK_DGRAM);
  char bytes[16];
  expect_ok(connect_to(first, port_of(second)));
  expect_equal(port_of(first) > 1023, 1);
  struct sockaddr_in address = {0};
  socklen_t length = sizeof address;
  expect_ok(net->getpeername(first, (struct sockaddr *)&address, &length));
  expect_equal(ntohs(address.sin_port), port_of(second));
  length = sizeof address;
  expect_ok(net->getsockname(first, (struct sockaddr *)&address, &length));
  expect_equal(ntohl(address.sin_addr.s_addr), INADDR_LOOPBACK);
  expect_equal(net->send(first, "hello", 5, 0), 5);
  expect_equal(net->recv(second, bytes, 16, 0), 5);
  // Only the peer's datagrams come.
  address = loopback(port_of(first));
  expect_equal(net->sendto(third, "foreign", 7, 0, (struct sockaddr *)&address, 16), 7);
  expect_equal(net->sendto(second, "own", 3, 0, (struct sockaddr *)&address, 16), 3);
  expect_equal(net->recv(first, bytes, 16, 0), 3);

  begin("datagrams, refused");
  net->close(second);
  expect_equal(net->send(first, "x", 1, 0), 1);
  expect_equal(ready(first, POLLIN, 5000) & POLLERR, POLLERR);
  expect_error(net->recv(first, bytes, 16, 0), ECONNREFUSED);
  expect_error(net->recv(first, bytes, 16, MSG_DONTWAIT), EAGAIN);
  expect_equal(net->send(first, "x", 1, 0), 1);
  expect_equal(ready(first, POLLIN, 5000) & POLLERR, POLLERR);
  expect_equal(get_number(first, SOL_SOCKET, SO_ERROR), ECONNREFUSED);

  begin("datagrams, disconnected");
  address.sin_family = AF_UNSPEC;
  expect_ok(net->connect(first, (struct sockaddr *)&address, sizeof address));
  expect_error(net->getpeername(first, (struct sockaddr *)&address, &length), ENOTCONN);
  expect_error(net->send(first, "x", 1, 0), EDESTADDRREQ);
  net->close(first);
  net->close(third);
}

static void broadcasting(void) {
  begin("datagrams, broadcast");
  int socket = net->socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in address = loopback(9);
  address.sin_addr.s_addr = INADDR_BROADCAST;
  expect_error(net->sendto(socket, "x", 1, 0, (struct sockaddr *)&address, 16), EACCES);
  net->close(socket);
}

static void shutting(void) {
  begin("datagrams, shutdown");
  int first = bound(SOCK_DGRAM);
  char byte;
  expect_error(net->shutdown(first, SHUT_RD), ENOTCONN);
  net->close(first);
  first = net->socket(AF_INET, SOCK_DGRAM, 0);
  int second = bound(SOCK_DGRAM);
  expect_ok(connect_to(first, port_of(second)));
  expect_ok(net->shutdown(first, SHUT_RDWR));
  expect_equal(net->recv(first, &byte, 1, 0), 0);
  expect_error(net->send(first, &byte, 1, MSG_NOSIGNAL), EPIPE);
  net->close(first);
  net->close(second);
}

void test_datagrams(void) {
  exchanging();
  connecting();
  broadcasting();
  shutting();
}
