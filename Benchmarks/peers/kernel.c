// The Linux kernel as a peer: two network namespaces joined by a veth pair, both ends of the connection in
// this process and on this thread, non-blocking. `kernel B1 MIB` or `kernel B2 COUNT`; needs root.

#include "measure.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

static void check(int result, const char *what) {
  if (result >= 0) return;
  perror(what);
  exit(1);
}

static void run(const char *command) {
  if (system(command) == 0) return;
  fprintf(stderr, "failed: %s\n", command);
  exit(1);
}

static int first_space, second_space;

/// Makes the two namespaces; they end with the process.
static void make_link(void) {
  check(unshare(CLONE_NEWNET), "unshare (needs root)");
  first_space = open("/proc/self/ns/net", O_RDONLY);
  check(unshare(CLONE_NEWNET), "unshare");
  second_space = open("/proc/self/ns/net", O_RDONLY);
  char command[256];
  check(setns(first_space, CLONE_NEWNET), "setns");
  snprintf(command, sizeof command,
           "ip link add veth-a type veth peer name veth-b netns /proc/%d/fd/%d && ip address add "
           "10.0.0.1/24 dev veth-a && ip link set veth-a up && ethtool -K veth-a tso off gso off gro off >/dev/null",
           getpid(), second_space);
  run(command);
  check(setns(second_space, CLONE_NEWNET), "setns");
  run("ip address add 10.0.0.2/24 dev veth-b && ip link set veth-b up && "
      "ethtool -K veth-b tso off gso off gro off >/dev/null");
}

static int stream(int buffer) {
  int socket_ = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  check(socket_, "socket");
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  // Linux doubles what it is asked for; half of what it grants holds payload.
  setsockopt(socket_, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  return socket_;
}

static void connect_pair(int pair[2], int buffer) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(7)};
  address.sin_addr.s_addr = inet_addr("10.0.0.2");
  int listener = stream(buffer);
  check(bind(listener, (struct sockaddr *)&address, sizeof address), "bind");
  check(listen(listener, 1), "listen");
  check(setns(first_space, CLONE_NEWNET), "setns");
  pair[0] = stream(buffer);
  check(connect(pair[0], (struct sockaddr *)&address, sizeof address), "connect");
  pair[1] = accept(listener, NULL, NULL);
  check(pair[1], "accept");
  int one = 1;
  setsockopt(pair[1], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  for (int end = 0; end < 2; end++) fcntl(pair[end], F_SETFL, O_NONBLOCK);
}

/// Moves bytes and returns how many were wrong.
static size_t bulk(int pair[2], size_t count, int is_verified) {
  static unsigned char out[chunk], in[chunk];
  size_t sent = 0, received = 0, wrong = 0;
  while (received < count) {
    while (sent < count) {
      size_t length = count - sent < chunk ? count - sent : chunk;
      if (is_verified)
        for (size_t index = 0; index < length; index++) out[index] = pattern(sent + index);
      ssize_t taken = send(pair[0], out, length, 0);
      if (taken <= 0) break;
      sent += taken;
    }
    ssize_t length;
    while ((length = recv(pair[1], in, chunk, 0)) > 0) {
      if (is_verified)
        for (ssize_t index = 0; index < length; index++)
          wrong += in[index] != pattern(received + index);
      received += length;
    }
  }
  return wrong;
}

static void transactions(int pair[2], long count) {
  unsigned char byte = 0;
  for (long index = 0; index < count; index++) {
    check(send(pair[0], &byte, 1, 0), "send");
    while (recv(pair[1], &byte, 1, 0) != 1) continue;
    check(send(pair[1], &byte, 1, 0), "send");
    while (recv(pair[0], &byte, 1, 0) != 1) continue;
  }
}

int main(int count, char **arguments) {
  if (count != 3) return 64;
  long scale = atol(arguments[2]);
  int pair[2];
  make_link();
  connect_pair(pair, 65536);
  if (strcmp(arguments[1], "B1") == 0) {
    if (bulk(pair, 16 << 20, 1) != 0) {
      fprintf(stderr, "wrong bytes\n");
      return 1;
    }
    size_t bytes = (size_t)scale << 20;
    double began = wall(), used = processor();
    bulk(pair, bytes, 0);
    report("B1.1500.64k", bytes * 8 / (wall() - began) / 1e9, "Gbit/s");
    report("B1.1500.64k.cpu", (processor() - used) * 1e9 / bytes, "ns/byte");
  } else {
    transactions(pair, 1000);
    double began = wall(), used = processor();
    transactions(pair, scale);
    report("B2", scale / (wall() - began), "transactions/s");
    report("B2.cpu", (processor() - used) * 1e9 / scale, "ns/transaction");
  }
  return 0;
}
