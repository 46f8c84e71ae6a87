// The calls on stacks: `stacks PART` exits with 1 when an expectation is not met.

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "martlet.h"

static int failure_count;

#define EXPECT(condition)                                             \
  do {                                                                \
    if (condition) break;                                             \
    printf("%d: %s (errno %s)\n", __LINE__, #condition, strerror(errno)); \
    failure_count++;                                                  \
  } while (0)
#define FAILS(call, code) EXPECT((errno = 0, (call) == -1) && errno == (code))

static struct martlet_settings usual(unsigned flags) {
  struct martlet_settings settings = {.prefix = 24, .flags = flags};
  settings.address.s_addr = inet_addr("10.9.0.2");
  return settings;
}

static struct martlet *host(unsigned flags) {
  struct martlet_settings settings = usual(flags);
  return martlet_create(&settings);
}

static void refused(struct martlet_settings settings, int code) {
  errno = 0;
  EXPECT(martlet_create(&settings) == NULL);
  EXPECT(errno == code);
}

static void test_settings(void) {
  errno = 0;
  EXPECT(martlet_create(NULL) == NULL && errno == EFAULT);
  EXPECT((errno = 0, martlet_create((void *)8)) == NULL && errno == EFAULT);
  struct martlet_settings settings = usual(0);
  settings.prefix = 0;
  refused(settings, EINVAL);
  settings.prefix = 33;
  refused(settings, EINVAL);
  settings = usual(4);
  refused(settings, EINVAL);
  settings = usual(0);
  settings.mtu = 100;
  refused(settings, EINVAL);
  settings.mtu = 70000;
  refused(settings, EINVAL);
  settings = usual(0);
  settings.mac[0] = 1;
  refused(settings, EINVAL);
  settings = usual(0);
  settings.address.s_addr = inet_addr("224.0.0.1");
  refused(settings, EINVAL);
  settings = usual(0);
  settings.gateway.s_addr = inet_addr("10.10.0.1");
  refused(settings, EINVAL);
  FAILS(martlet_socket(AF_INET, SOCK_STREAM, 0), ENETDOWN);
  FAILS(martlet_destroy(NULL), EINVAL);
  FAILS(martlet_destroy((void *)usual), EINVAL);
  FAILS(martlet_use((void *)usual), EINVAL);
}

static void test_clock(void) {
  struct martlet *stack = host(MARTLET_OWN_CLOCK), *other = host(0);
  FAILS(martlet_clock(other, 1), EINVAL);
  FAILS(martlet_attach_tap(stack, "tap9"), EINVAL);
  int socket = martlet_socket_on(stack, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(80)};
  address.sin_addr.s_addr = inet_addr("10.9.0.77");
  // Nobody answers for that address: an hour of the stack's later the attempt has failed.
  FAILS(martlet_connect(socket, (void *)&address, sizeof address), EINPROGRESS);
  int64_t now = 0, next;
  int turns = 0;
  while ((next = martlet_clock(stack, now)) >= 0 && next < 3600000000 && turns++ < 1000)
    now = next > now ? next : now + 1;
  int error = 0;
  socklen_t length = sizeof error;
  EXPECT(martlet_getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) == 0);
  EXPECT(error == EHOSTUNREACH);
  // As long as Linux: three requests, a second apart.
  EXPECT(now >= 2000000 && now <= 60000000);
}

static void test_descriptor(void) {
  struct martlet *stack = host(0);
  struct pollfd entry = {.fd = martlet_descriptor(stack), .events = POLLIN};
  EXPECT(entry.fd >= 0);
  EXPECT(martlet_descriptor(stack) == entry.fd);
  int first = martlet_socket(AF_INET, SOCK_DGRAM, 0), second = martlet_socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(99)};
  EXPECT(martlet_bind(first, (void *)&address, sizeof address) == 0);
  uint64_t count;
  (void)!read(entry.fd, &count, 8);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT(martlet_sendto(second, "x", 1, 0, (void *)&address, sizeof address) == 1);
  EXPECT(poll(&entry, 1, 5000) == 1);
  EXPECT(read(entry.fd, &count, 8) == 8);
}

static void test_frames(void) {
  struct martlet *stack = host(0);
  unsigned char frame[2000] = {0};
  FAILS(martlet_input(stack, NULL, 60), EFAULT);
  FAILS(martlet_input(stack, frame, 13), EINVAL);
  FAILS(martlet_input(stack, frame, 1700), EMSGSIZE);
  FAILS(martlet_input(stack, frame, (size_t)-1), EMSGSIZE);
  FAILS(martlet_input(NULL, frame, 60), EINVAL);
  // Bytes by chance break nothing.
  for (int round = 0; round < 20000; round++) {
    for (int index = 0; index < 120; index++) frame[index] = (round * 131 + index * 977) >> 3;
    if (round % 2) memcpy(frame, "\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x01\x08\x00\x45", 15);
    EXPECT(martlet_input(stack, frame, 14 + round % 106) == 14 + round % 106);
  }
  // The stack announces its address: ARP, 42 bytes.
  EXPECT(martlet_output(stack, frame, sizeof frame, 3000) == 42);
  EXPECT(frame[12] == 8 && frame[13] == 6);
  while (martlet_output(stack, frame, sizeof frame, 0) > 0) continue;
  EXPECT(errno == EAGAIN);
}

static void *receive(void *argument) {
  char byte;
  ssize_t result = martlet_recv(*(int *)argument, &byte, 1, 0);
  return (void *)(intptr_t)(result == -1 ? errno : 0);
}

static void test_destroy(void) {
  struct martlet *stack = host(0);
  int socket = martlet_socket(AF_INET, SOCK_DGRAM, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, receive, &socket);
  usleep(50000);
  EXPECT(martlet_destroy(stack) == 0);
  void *code;
  pthread_join(thread, &code);
  EXPECT((intptr_t)code == ENETDOWN);
  FAILS(martlet_send(socket, "x", 1, 0), ENETDOWN);
  FAILS(martlet_destroy(stack), EINVAL);
  EXPECT(martlet_owns(socket) == 1);
  EXPECT(martlet_close(socket) == 0);
  FAILS(martlet_close(socket), EBADF);
}

int main(int count, char **arguments) {
  const char *part = count > 1 ? arguments[1] : "";
  if (strcmp(part, "settings") == 0) test_settings();
  if (strcmp(part, "clock") == 0) test_clock();
  if (strcmp(part, "descriptor") == 0) test_descriptor();
  if (strcmp(part, "frames") == 0) test_frames();
  if (strcmp(part, "destroy") == 0) test_destroy();
  return failure_count != 0;
}
