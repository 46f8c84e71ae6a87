// Sockets, and the calls that work on any descriptor.

#include "preload.h"

#include <arpa/inet.h>
#include <stdio.h>

__thread int depth;

static int is_off;

static void fail(const char *what) {
  fprintf(stderr, "libmartlet-preload: %s: %s\n", what, strerror(errno));
  exit(1);
}

/// Makes the stack that MARTLET_ADDRESS (10.0.0.2/24), MARTLET_TAP and MARTLET_GATEWAY describe.
static void set_up(void) {
  const char *text = getenv("MARTLET_ADDRESS");
  if (!text) {
    is_off = 1;
    return;
  }
  char address[64];
  unsigned prefix = 24;
  struct martlet_settings settings = {0};
  if (sscanf(text, "%63[0-9.]/%u", address, &prefix) < 1 ||
      !inet_aton(address, &settings.address)) {
    errno = EINVAL;
    fail("MARTLET_ADDRESS must be like 10.0.0.2/24");
  }
  settings.prefix = prefix;
  const char *gateway = getenv("MARTLET_GATEWAY");
  if (gateway && !inet_aton(gateway, &settings.gateway)) {
    errno = EINVAL;
    fail("MARTLET_GATEWAY");
  }
  struct martlet *stack = martlet_create(&settings);
  if (!stack) fail("the stack");
  const char *tap = getenv("MARTLET_TAP");
  if (tap && martlet_attach_tap(stack, tap) != 0) fail(tap);
}

static int is_wanted(int domain, int type) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  type &= 0xf;
  if (depth != 0 || domain != AF_INET || (type != SOCK_STREAM && type != SOCK_DGRAM)) return 0;
  depth++;
  pthread_once(&once, set_up);
  depth--;
  return !is_off;
}

int socket(int domain, int type, int protocol) {
  if (is_wanted(domain, type)) return MARTLET(martlet_socket(domain, type, protocol));
  return REAL(socket)(domain, type, protocol);
}

// MARK: One to one

#define WRAP(result, name, arguments, ...)                                \
  result name arguments {                                                 \
    if (is_ours(number)) return MARTLET(martlet_##name(__VA_ARGS__));     \
    return REAL(name)(__VA_ARGS__);                                       \
  }

WRAP(int, bind, (int number, const struct sockaddr *address, socklen_t length), number, address,
     length)
WRAP(int, listen, (int number, int backlog), number, backlog)
WRAP(int, accept, (int number, struct sockaddr *address, socklen_t *length), number, address, length)
WRAP(int, accept4, (int number, struct sockaddr *address, socklen_t *length, int flags), number,
     address, length, flags)
WRAP(int, connect, (int number, const struct sockaddr *address, socklen_t length), number, address,
     length)
WRAP(ssize_t, send, (int number, const void *bytes, size_t length, int flags), number, bytes, length,
     flags)
WRAP(ssize_t, recv, (int number, void *bytes, size_t length, int flags), number, bytes, length, flags)
WRAP(ssize_t, sendto,
     (int number, const void *bytes, size_t length, int flags, const struct sockaddr *address,
      socklen_t address_length),
     number, bytes, length, flags, address, address_length)
WRAP(ssize_t, recvfrom,
     (int number, void *bytes, size_t length, int flags, struct sockaddr *address,
      socklen_t *address_length),
     number, bytes, length, flags, address, address_length)
WRAP(int, shutdown, (int number, int how), number, how)
WRAP(int, getsockname, (int number, struct sockaddr *address, socklen_t *length), number, address,
     length)
WRAP(int, getpeername, (int number, struct sockaddr *address, socklen_t *length), number, address,
     length)
WRAP(int, getsockopt, (int number, int level, int option, void *value, socklen_t *length), number,
     level, option, value, length)
WRAP(int, setsockopt, (int number, int level, int option, const void *value, socklen_t length),
     number, level, option, value, length)

int close(int number) {
  if (!is_ours(number)) return REAL(close)(number);
  forget_epoll(number);
  return MARTLET(martlet_close(number));
}

ssize_t read(int number, void *bytes, size_t length) {
  if (is_ours(number)) return MARTLET(martlet_recv(number, bytes, length, 0));
  return REAL(read)(number, bytes, length);
}

ssize_t write(int number, const void *bytes, size_t length) {
  if (is_ours(number)) return MARTLET(martlet_send(number, bytes, length, 0));
  return REAL(write)(number, bytes, length);
}

// MARK: Checked by _FORTIFY_SOURCE

static void check(size_t length, size_t room) {
  if (length > room) abort();
}

ssize_t __read_chk(int number, void *bytes, size_t length, size_t room) {
  check(length, room);
  return read(number, bytes, length);
}

ssize_t __recv_chk(int number, void *bytes, size_t length, size_t room, int flags) {
  check(length, room);
  return recv(number, bytes, length, flags);
}

ssize_t __recvfrom_chk(int number, void *bytes, size_t length, size_t room, int flags,
                       struct sockaddr *address, socklen_t *address_length) {
  check(length, room);
  return recvfrom(number, bytes, length, flags, address, address_length);
}

// MARK: Variable arguments

/// fcntl and its twin for 64 bits, which no header names apart.
typedef int control(int, int, ...);

#define VALUE_AFTER(last)     \
  va_list list;               \
  va_start(list, last);       \
  long value = va_arg(list, long); \
  va_end(list)

int fcntl(int number, int command, ...) {
  VALUE_AFTER(command);
  if (is_ours(number)) return MARTLET(martlet_fcntl(number, command, value));
  return REAL_AS("fcntl", control)(number, command, value);
}

int fcntl64(int number, int command, ...) {
  VALUE_AFTER(command);
  if (is_ours(number)) return MARTLET(martlet_fcntl(number, command, value));
  return REAL_AS("fcntl64", control)(number, command, value);
}

int ioctl(int number, unsigned long request, ...) {
  VALUE_AFTER(request);
  if (is_ours(number)) return MARTLET(martlet_ioctl(number, request, value));
  return REAL(ioctl)(number, request, value);
}

// MARK: Second numbers

int dup(int number) {
  if (is_ours(number)) return MARTLET(martlet_fcntl(number, F_DUPFD, 0L));
  return REAL(dup)(number);
}

int dup3(int number, int target, int flags) {
  if (is_ours(number)) {
    if (number == target) {
      errno = EINVAL;
      return -1;
    }
    return MARTLET(martlet_dup3(number, target, flags));
  }
  if (is_ours(target)) close(target);
  return REAL(dup3)(number, target, flags);
}

int dup2(int number, int target) {
  if (is_ours(number)) return number == target ? target : dup3(number, target, 0);
  if (number != target && is_ours(target)) close(target);
  return REAL(dup2)(number, target);
}
