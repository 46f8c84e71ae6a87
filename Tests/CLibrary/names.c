// socket, bind, listen, getsockname, getpeername.

#include "calls.h"

static void sockets(void) {
  begin("socket");
  expect_error(net->socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
  expect_error(net->socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP), EPROTONOSUPPORT);
  expect_error(net->socket(AF_INET, 11, 0), EINVAL);
  expect_error(net->socket(AF_INET, 99, 0), EINVAL);
  expect_error(net->socket(AF_INET, SOCK_STREAM, -1), EINVAL);
  expect_error(net->socket(AF_INET, SOCK_STREAM, 5000), EINVAL);
  expect_error(net->socket(AF_INET, SOCK_RDM, 0), ESOCKTNOSUPPORT);
  expect_error(net->socket(AF_INET, SOCK_SEQPACKET, 0), ESOCKTNOSUPPORT);
  expect_error(net->socket(12345, SOCK_STREAM, 0), EAFNOSUPPORT);
  int stream = net->socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  expect_equal(net->fcntl(stream, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
  expect_equal(net->fcntl(stream, F_GETFD), FD_CLOEXEC);
  expect_equal(get_number(stream, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
  expect_equal(get_number(stream, SOL_SOCKET, SO_DOMAIN), AF_INET);
  expect_equal(get_number(stream, SOL_SOCKET, SO_PROTOCOL), IPPROTO_TCP);
  expect_ok(net->close(stream));
  expect_error(net->close(stream), EBADF);
}

static void binding(int type) {
  begin(type == SOCK_STREAM ? "bind, TCP" : "bind, UDP");
  int first = net->socket(AF_INET, type, 0);
  expect_equal(port_of(first), 0);
  struct sockaddr_in address = loopback(0);
  expect_ok(net->bind(first, (struct sockaddr *)&address, sizeof address));
  int port = port_of(first);
  expect_equal(port > 1023, 1);
  expect_error(net->bind(first, (struct sockaddr *)&address, sizeof address), EINVAL);

  int second = net->socket(AF_INET, type, 0);
  address = loopback(port);
  expect_error(net->bind(second, (struct sockaddr *)&address, sizeof address), EADDRINUSE);
  address.sin_addr.s_addr = INADDR_ANY;
  expect_error(net->bind(second, (struct sockaddr *)&address, sizeof address), EADDRINUSE);
  address.sin_addr.s_addr = inet_addr("192.0.2.77");
  expect_error(net->bind(second, (struct sockaddr *)&address, sizeof address), EADDRNOTAVAIL);
  net->close(first);
  address = loopback(port);
  expect_ok(net->bind(second, (struct sockaddr *)&address, sizeof address));
  net->close(second);
}

static void listeners(void) {
  begin("listen");
  int datagram = net->socket(AF_INET, SOCK_DGRAM, 0);
  expect_error(net->listen(datagram, 1), EOPNOTSUPP);
  net->close(datagram);

  int unbound = net->socket(AF_INET, SOCK_STREAM, 0);
  expect_ok(net->listen(unbound, 1));
  expect_equal(port_of(unbound) > 1023, 1);
  expect_ok(net->listen(unbound, 5));
  expect_equal(get_number(unbound, SOL_SOCKET, SO_ACCEPTCONN), 1);
  expect_error(connect_to(unbound, 9), EISCONN);
  expect_error(net->recv(unbound, &(char){0}, 1, MSG_DONTWAIT), ENOTCONN);
  expect_error(net->send(unbound, "x", 1, MSG_NOSIGNAL), EPIPE);

  // Two that share a port by SO_REUSEADDR may not both listen.
  int first = net->socket(AF_INET, SOCK_STREAM, 0), second = net->socket(AF_INET, SOCK_STREAM, 0);
  expect_ok(set_number(first, SOL_SOCKET, SO_REUSEADDR, 1));
  expect_ok(set_number(second, SOL_SOCKET, SO_REUSEADDR, 1));
  struct sockaddr_in address = loopback(0);
  expect_ok(net->bind(first, (struct sockaddr *)&address, sizeof address));
  address = loopback(port_of(first));
  expect_ok(net->bind(second, (struct sockaddr *)&address, sizeof address));
  expect_ok(net->listen(first, 1));
  expect_error(net->listen(second, 1), EADDRINUSE);
  net->close(first);
  expect_ok(net->listen(second, 1));
  net->close(second);
  net->close(unbound);

  int pair[2];
  connected(pair);
  expect_error(net->listen(pair[0], 1), EINVAL);
  net->close(pair[0]);
  net->close(pair[1]);
}

static void accepting(void) {
  begin("accept");
  int listener = listening(2);
  expect_ok(net->fcntl(listener, F_SETFL, O_NONBLOCK));
  expect_error(net->accept(listener, NULL, NULL), EAGAIN);
  int client = net->socket(AF_INET, SOCK_STREAM, 0);
  expect_ok(connect_to(client, port_of(listener)));
  expect_equal(ready(listener, POLLIN, 5000), POLLIN);
  struct sockaddr_in address = {0};
  socklen_t length = sizeof address;
  int server = net->accept4(listener, (struct sockaddr *)&address, &length, SOCK_NONBLOCK);
  expect_equal(server >= 0, 1);
  expect_equal(length, sizeof address);
  expect_equal(ntohs(address.sin_port), port_of(client));
  expect_equal(ntohl(address.sin_addr.s_addr), INADDR_LOOPBACK);
  expect_equal(net->fcntl(server, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
  expect_equal(port_of(server), port_of(listener));
  expect_error(net->recv(server, &(char){0}, 1, 0), EAGAIN);
  expect_error(net->accept4(listener, NULL, NULL, 0x40000000), EINVAL);
  expect_error(net->accept(client, NULL, NULL), EINVAL);
  int datagram = net->socket(AF_INET, SOCK_DGRAM, 0);
  expect_error(net->accept(datagram, NULL, NULL), EOPNOTSUPP);
  net->close(datagram);
  net->close(client);
  net->close(server);
  net->close(listener);
}

static void peers(void) {
  begin("getpeername");
  struct sockaddr_in address = {0};
  socklen_t length = sizeof address;
  int stream = net->socket(AF_INET, SOCK_STREAM, 0);
  expect_error(net->getpeername(stream, (struct sockaddr *)&address, &length), ENOTCONN);
  net->close(stream);
  int pair[2];
  connected(pair);
  // What does not fit is cut, and the length told is the whole one.
  unsigned char bytes[17] = {0};
  length = 6;
  expect_ok(net->getpeername(pair[0], (struct sockaddr *)(bytes + 1), &length));
  expect_equal(length, 16);
  expect_equal(bytes[3] << 8 | bytes[4], port_of(pair[1]));
  expect_equal(bytes[5], 127);
  expect_equal(bytes[7], 0);
  expect_equal(bytes[8], 0);
  length = sizeof address;
  expect_ok(net->getpeername(pair[1], (struct sockaddr *)&address, &length));
  expect_equal(ntohs(address.sin_port), port_of(pair[0]));
  net->close(pair[0]);
  net->close(pair[1]);
}

void test_names(void) {
  sockets();
  binding(SOCK_STREAM);
  binding(SOCK_DGRAM);
  listeners();
  accepting();
  peers();
}
