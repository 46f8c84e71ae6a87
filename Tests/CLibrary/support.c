#include "calls.h"

int failure_count, expectation_count;
static const char *group = "";

void begin(const char *name) {
  group = name;
  if (getenv("VERBOSE")) printf("%s: %s\n", net->name, name);
}

void judge(const char *file, int line, const char *text, long result, long expected, int code) {
  int actual = result == -1 ? errno : 0;
  expectation_count++;
  if (result == expected && (expected != -1 || actual == code)) return;
  failure_count++;
  printf("%s: %s: %s\n  %s:%d: got %ld", net->name, group, text, file, line, result);
  if (result == -1) printf(" (%s)", strerrorname_np(actual) ?: "0");
  printf(", expected %ld", expected);
  if (expected == -1) printf(" (%s)", strerrorname_np(code) ?: "0");
  printf("\n");
}

struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int port_of(int socket) {
  struct sockaddr_in address = {0};
  socklen_t length = sizeof address;
  if (net->getsockname(socket, (struct sockaddr *)&address, &length) != 0) return -1;
  return ntohs(address.sin_port);
}

int bound(int type) {
  int socket = net->socket(AF_INET, type, 0);
  struct sockaddr_in address = loopback(0);
  if (net->bind(socket, (struct sockaddr *)&address, sizeof address) != 0) perror("bind");
  return socket;
}

int listening(int backlog) {
  int socket = bound(SOCK_STREAM);
  if (net->listen(socket, backlog) != 0) perror("listen");
  return socket;
}

int connect_to(int socket, int port) {
  struct sockaddr_in address = loopback(port);
  return net->connect(socket, (struct sockaddr *)&address, sizeof address);
}

void connected(int pair[2]) {
  int listener = listening(8);
  pair[0] = net->socket(AF_INET, SOCK_STREAM, 0);
  if (connect_to(pair[0], port_of(listener)) != 0) perror("connect");
  pair[1] = net->accept(listener, NULL, NULL);
  if (pair[1] < 0) perror("accept");
  net->close(listener);
}

int ready(int socket, int events, int timeout) {
  struct pollfd entry = {.fd = socket, .events = events};
  int count = net->poll(&entry, 1, timeout);
  return count < 0 ? -errno : entry.revents;
}

int set_number(int socket, int level, int option, int value) {
  return net->setsockopt(socket, level, option, &value, sizeof value);
}

int get_number(int socket, int level, int option) {
  int value = 0;
  socklen_t length = sizeof value;
  if (net->getsockopt(socket, level, option, &value, &length) != 0) return -errno;
  return value;
}

long milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}
