// getsockopt and setsockopt: every option of the library's.

#include "calls.h"

/// An option that is an int.
struct row {
  const char *name;
  int type, level, option;
  /// What it is at first; -1 where kernels differ.
  int initial;
  /// What is set, and what is told then.
  int set, told;
  /// What is refused, and how; 0 where nothing is.
  int bad, code;
  /// Whether no value at all is taken for 0.
  int may_be_empty;
};

static const struct row rows[] = {
    {"SO_REUSEADDR", SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR, 0, 7, 1, 0, 0, 0},
    {"SO_REUSEADDR off", SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR, 0, 0, 0, 0, 0, 0},
    {"SO_REUSEPORT", SOCK_STREAM, SOL_SOCKET, SO_REUSEPORT, 0, 1, 1, 0, 0, 0},
    {"SO_KEEPALIVE", SOCK_STREAM, SOL_SOCKET, SO_KEEPALIVE, 0, 2, 1, 0, 0, 0},
    {"SO_BROADCAST", SOCK_DGRAM, SOL_SOCKET, SO_BROADCAST, 0, 1, 1, 0, 0, 0},
    {"SO_OOBINLINE", SOCK_STREAM, SOL_SOCKET, SO_OOBINLINE, 0, 1, 1, 0, 0, 0},
    {"SO_SNDBUF", SOCK_STREAM, SOL_SOCKET, SO_SNDBUF, -1, 50000, 100000, 0, 0, 0},
    {"SO_SNDBUF least", SOCK_STREAM, SOL_SOCKET, SO_SNDBUF, -1, 1, 4608, 0, 0, 0},
    {"SO_RCVBUF", SOCK_STREAM, SOL_SOCKET, SO_RCVBUF, -1, 50000, 100000, 0, 0, 0},
    {"SO_RCVBUF least", SOCK_DGRAM, SOL_SOCKET, SO_RCVBUF, -1, 1, 2304, 0, 0, 0},
    {"SO_RCVLOWAT", SOCK_STREAM, SOL_SOCKET, SO_RCVLOWAT, 1, 0, 1, 0, 0, 0},
    {"TCP_NODELAY", SOCK_STREAM, IPPROTO_TCP, TCP_NODELAY, 0, 5, 1, 0, 0, 0},
    {"TCP_CORK", SOCK_STREAM, IPPROTO_TCP, TCP_CORK, 0, 1, 1, 0, 0, 0},
    {"TCP_MAXSEG", SOCK_STREAM, IPPROTO_TCP, TCP_MAXSEG, 536, 1000, 1000, 87, EINVAL, 0},
    {"TCP_MAXSEG high", SOCK_STREAM, IPPROTO_TCP, TCP_MAXSEG, 536, 32767, 32767, 32768, EINVAL, 0},
    {"TCP_KEEPIDLE", SOCK_STREAM, IPPROTO_TCP, TCP_KEEPIDLE, 7200, 30, 30, 0, EINVAL, 0},
    {"TCP_KEEPIDLE high", SOCK_STREAM, IPPROTO_TCP, TCP_KEEPIDLE, 7200, 32767, 32767, 32768, EINVAL, 0},
    {"TCP_KEEPINTVL", SOCK_STREAM, IPPROTO_TCP, TCP_KEEPINTVL, 75, 10, 10, 0, EINVAL, 0},
    {"TCP_KEEPCNT", SOCK_STREAM, IPPROTO_TCP, TCP_KEEPCNT, 9, 4, 4, 128, EINVAL, 0},
    {"TCP_USER_TIMEOUT", SOCK_STREAM, IPPROTO_TCP, TCP_USER_TIMEOUT, 0, 9000, 9000, -1, EINVAL, 0},
    {"IP_TOS", SOCK_DGRAM, IPPROTO_IP, IP_TOS, 0, 0x13, 0x13, 0, 0, 1},
    {"IP_TOS of a stream", SOCK_STREAM, IPPROTO_IP, IP_TOS, 0, 0x13, 0x10, 0, 0, 1},
    {"IP_TTL", SOCK_DGRAM, IPPROTO_IP, IP_TTL, 64, 7, 7, 256, EINVAL, 0},
    {"IP_TTL default", SOCK_STREAM, IPPROTO_IP, IP_TTL, 64, -1, 64, 0, EINVAL, 0},
    {"IP_MTU_DISCOVER", SOCK_DGRAM, IPPROTO_IP, IP_MTU_DISCOVER, 1, 2, 2, 6, EINVAL, 1},
    {"IP_RECVERR", SOCK_DGRAM, IPPROTO_IP, IP_RECVERR, 0, 1, 1, 0, 0, 1},
    {"IP_MULTICAST_TTL", SOCK_DGRAM, IPPROTO_IP, IP_MULTICAST_TTL, 1, 9, 9, 256, EINVAL, 0},
    {"IP_MULTICAST_LOOP", SOCK_DGRAM, IPPROTO_IP, IP_MULTICAST_LOOP, 1, 0, 0, 0, 0, 0},
};

static void numbers(void) {
  for (size_t index = 0; index < sizeof rows / sizeof *rows; index++) {
    const struct row *row = &rows[index];
    begin(row->name);
    int socket = net->socket(AF_INET, row->type, 0);
    if (row->initial != -1) expect_equal(get_number(socket, row->level, row->option), row->initial);
    if (row->code != 0) expect_error(set_number(socket, row->level, row->option, row->bad), row->code);
    expect_ok(set_number(socket, row->level, row->option, row->set));
    expect_equal(get_number(socket, row->level, row->option), row->told);
    int value = 1;
    // IP's options may be one byte long, some of them empty; the others may not be shorter than an int.
    if (row->level == IPPROTO_IP && row->may_be_empty)
      expect_ok(net->setsockopt(socket, row->level, row->option, &value, 0));
    else
      expect_error(net->setsockopt(socket, row->level, row->option, &value, 0), EINVAL);
    if (row->level != IPPROTO_IP)
      expect_error(net->setsockopt(socket, row->level, row->option, &value, 3), EINVAL);
    expect_error(net->setsockopt(socket, row->level, row->option, NULL, 4), EFAULT);
    socklen_t length = 4;
    expect_error(net->getsockopt(socket, row->level, row->option, NULL, &length), EFAULT);
    expect_error(net->getsockopt(socket, row->level, row->option, &value, NULL), EFAULT);
    length = -1;
    expect_error(net->getsockopt(socket, row->level, row->option, &value, &length), EINVAL);
    net->close(socket);
  }
}

static void fixed(void) {
  begin("options that cannot be set");
  int socket = net->socket(AF_INET, SOCK_STREAM, 0);
  int only_read[] = {SO_TYPE, SO_ERROR, SO_DOMAIN, SO_PROTOCOL, SO_ACCEPTCONN, SO_SNDLOWAT};
  for (int index = 0; index < 6; index++)
    expect_error(set_number(socket, SOL_SOCKET, only_read[index], 1), ENOPROTOOPT);
  expect_equal(get_number(socket, SOL_SOCKET, SO_ACCEPTCONN), 0);
  expect_equal(get_number(socket, SOL_SOCKET, SO_SNDLOWAT), 1);
  expect_equal(get_number(socket, SOL_SOCKET, 9999), -ENOPROTOOPT);
  expect_error(set_number(socket, SOL_SOCKET, 9999, 1), ENOPROTOOPT);
  expect_error(set_number(socket, IPPROTO_TCP, 9999, 1), ENOPROTOOPT);
  expect_equal(get_number(socket, IPPROTO_TCP, 9999), -ENOPROTOOPT);
  expect_error(set_number(socket, IPPROTO_IP, 9999, 1), ENOPROTOOPT);
  expect_equal(get_number(socket, IPPROTO_IP, 9999), -ENOPROTOOPT);
  expect_error(set_number(socket, 4711, 1, 1), ENOPROTOOPT);
  expect_equal(get_number(socket, 4711, 1), -EOPNOTSUPP);
  expect_equal(get_number(socket, IPPROTO_IP, IP_MTU), -ENOTCONN);
  net->close(socket);
  socket = net->socket(AF_INET, SOCK_DGRAM, 0);
  expect_error(set_number(socket, IPPROTO_TCP, TCP_NODELAY, 1), ENOPROTOOPT);
  expect_equal(get_number(socket, IPPROTO_TCP, TCP_NODELAY), -EOPNOTSUPP);
  expect_error(set_number(socket, IPPROTO_UDP, 9999, 1), ENOPROTOOPT);
  expect_equal(get_number(socket, IPPROTO_UDP, 9999), -ENOPROTOOPT);
  net->close(socket);
}

static void lingering(void) {
  begin("SO_LINGER");
  int pair[2];
  char byte;
  connected(pair);
  struct linger linger = {0}, told = {0};
  socklen_t length = sizeof told;
  expect_ok(net->getsockopt(pair[0], SOL_SOCKET, SO_LINGER, &told, &length));
  expect_equal(told.l_onoff, 0);
  linger = (struct linger){.l_onoff = 1, .l_linger = 3};
  expect_ok(net->setsockopt(pair[0], SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  expect_ok(net->getsockopt(pair[0], SOL_SOCKET, SO_LINGER, &told, &length));
  expect_equal(length, 8);
  expect_equal(told.l_onoff, 1);
  expect_equal(told.l_linger, 3);
  expect_error(net->setsockopt(pair[0], SOL_SOCKET, SO_LINGER, &linger, 4), EINVAL);
  // No patience at all means a reset.
  linger.l_linger = 0;
  expect_ok(net->setsockopt(pair[0], SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  expect_ok(net->close(pair[0]));
  expect_error(net->recv(pair[1], &byte, 1, 0), ECONNRESET);
  net->close(pair[1]);

  begin("SO_LINGER, waiting");
  connected(pair);
  static char bytes[1 << 20];
  linger = (struct linger){.l_onoff = 1, .l_linger = 1};
  expect_ok(net->setsockopt(pair[0], SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
  expect_ok(net->fcntl(pair[0], F_SETFL, O_NONBLOCK));
  // Until neither side has room for more.
  do {
    while (net->send(pair[0], bytes, sizeof bytes, 0) > 0) continue;
  } while (ready(pair[0], POLLOUT, 300) == POLLOUT);
  long before = milliseconds();
  expect_ok(net->close(pair[0]));
  long lasted = milliseconds() - before;
  expect_equal(lasted >= 990 && lasted < 5000 ? 0 : lasted, 0);
  net->close(pair[1]);
}

static void congestion(void) {
  begin("TCP_CONGESTION");
  int socket = net->socket(AF_INET, SOCK_STREAM, 0);
  char name[20] = "none at all";
  socklen_t length = sizeof name;
  expect_ok(net->setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
  expect_ok(net->getsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name, &length));
  expect_equal(length, 16);
  expect_equal(strcmp(name, "reno"), 0);
  expect_ok(net->setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, "cubic", 6));
  length = 3;
  expect_ok(net->getsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name, &length));
  expect_equal(length, 3);
  expect_equal(memcmp(name, "cub", 3), 0);
  expect_error(net->setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, "nothing", 7), ENOENT);
  expect_error(net->setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, "", 0), EINVAL);
  expect_error(net->setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, NULL, 4), EFAULT);
  net->close(socket);
}

static void information(void) {
  begin("TCP_INFO");
  int pair[2];
  int socket = net->socket(AF_INET, SOCK_STREAM, 0);
  struct tcp_info info = {0};
  socklen_t length = sizeof info;
  expect_ok(net->getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length));
  expect_equal(info.tcpi_state, TCP_CLOSE);
  net->close(socket);
  socket = listening(1);
  expect_ok(net->getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length));
  expect_equal(info.tcpi_state, TCP_LISTEN);
  net->close(socket);
  connected(pair);
  expect_equal(net->send(pair[0], "x", 1, 0), 1);
  expect_equal(ready(pair[1], POLLIN, 5000), POLLIN);
  length = sizeof info;
  expect_ok(net->getsockopt(pair[0], IPPROTO_TCP, TCP_INFO, &info, &length));
  expect_equal(length, sizeof info);
  expect_equal(info.tcpi_state, TCP_ESTABLISHED);
  expect_equal(info.tcpi_rto >= 200000 && info.tcpi_rto <= 4000000, 1);
  expect_equal(info.tcpi_snd_cwnd >= 2, 1);
  expect_equal(info.tcpi_snd_mss > 500, 1);
  length = 1;
  expect_ok(net->getsockopt(pair[0], IPPROTO_TCP, TCP_INFO, &info, &length));
  expect_equal(length, 1);
  expect_ok(net->shutdown(pair[1], SHUT_WR));
  expect_equal(ready(pair[0], POLLRDHUP, 5000), POLLRDHUP);
  length = sizeof info;
  expect_ok(net->getsockopt(pair[0], IPPROTO_TCP, TCP_INFO, &info, &length));
  expect_equal(info.tcpi_state, TCP_CLOSE_WAIT);
  net->close(pair[0]);
  net->close(pair[1]);
}

/// What arrives within a tenth of a second.
static int arrives(int socket) {
  int count = 0;
  usleep(100000);
  net->ioctl(socket, FIONREAD, &count);
  return count;
}

static void corking(void) {
  begin("TCP_CORK");
  int pair[2];
  connected(pair);
  expect_ok(set_number(pair[0], IPPROTO_TCP, TCP_CORK, 1));
  expect_equal(net->send(pair[0], "abc", 3, 0), 3);
  expect_equal(arrives(pair[1]), 0);
  expect_ok(set_number(pair[0], IPPROTO_TCP, TCP_CORK, 0));
  expect_equal(arrives(pair[1]), 3);

  begin("MSG_MORE");
  expect_equal(net->send(pair[0], "de", 2, MSG_MORE), 2);
  expect_equal(arrives(pair[1]), 3);
  expect_equal(net->send(pair[0], "f", 1, 0), 1);
  expect_equal(arrives(pair[1]), 6);
  net->close(pair[0]);
  net->close(pair[1]);
}

static void segments(void) {
  begin("TCP_MAXSEG");
  int listener = listening(1), client = net->socket(AF_INET, SOCK_STREAM, 0);
  expect_ok(set_number(client, IPPROTO_TCP, TCP_MAXSEG, 1000));
  expect_ok(connect_to(client, port_of(listener)));
  int segment = get_number(client, IPPROTO_TCP, TCP_MAXSEG);
  // Timestamps take twelve bytes of it.
  expect_equal(segment == 1000 || segment == 988, 1);
  expect_equal(get_number(client, IPPROTO_IP, IP_MTU) > 1500, 1);
  net->close(client);
  net->close(listener);
}

static void bytes(void) {
  begin("options of a byte");
  int socket = net->socket(AF_INET, SOCK_DGRAM, 0);
  unsigned char value = 0x20, told[4] = {0, 99, 99, 99};
  socklen_t length = 1;
  expect_ok(net->setsockopt(socket, IPPROTO_IP, IP_TOS, &value, 1));
  expect_ok(net->getsockopt(socket, IPPROTO_IP, IP_TOS, told, &length));
  expect_equal(length, 1);
  expect_equal(told[0], 0x20);
  expect_equal(told[1], 99);
  length = 100;
  unsigned char room[101];
  expect_ok(net->getsockopt(socket, SOL_SOCKET, SO_TYPE, room + 1, &length));
  expect_equal(length, 4);
  net->close(socket);
}

void test_options(void) {
  numbers();
  fixed();
  lingering();
  congestion();
  information();
  corking();
  segments();
  bytes();
}
