#define _GNU_SOURCE
#include "CMartletHost.h"

#include <errno.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

static int fill(struct sockaddr_un *address, const char *path) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  size_t length = strlen(path);
  if (length >= sizeof address->sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(address->sun_path, path, length);
  return 0;
}

int martlet_unix_bind(int type, const char *path) {
  struct sockaddr_un address;
  if (fill(&address, path) < 0) return -1;
  int descriptor = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0 || path[0] == 0) return descriptor;
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0) return descriptor;
  int code = errno;
  close(descriptor);
  errno = code;
  return -1;
}

int martlet_unix_connect(int descriptor, const char *path) {
  struct sockaddr_un address;
  if (fill(&address, path) < 0) return -1;
  return connect(descriptor, (struct sockaddr *)&address, sizeof address);
}

int martlet_accept(int descriptor, struct sockaddr *address, socklen_t *length) {
  return accept4(descriptor, address, length, SOCK_CLOEXEC | SOCK_NONBLOCK);
}
