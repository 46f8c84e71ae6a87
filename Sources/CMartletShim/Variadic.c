#include "martlet_shim.h"

#include <stdarg.h>

// Swift exports no function with a variable number of arguments.

int martlet_fcntl(int socket, int command, ...) {
  va_list list;
  va_start(list, command);
  long value = va_arg(list, long);
  va_end(list);
  return martlet_fcntl_value(socket, command, value);
}

int martlet_ioctl(int socket, unsigned long request, ...) {
  va_list list;
  va_start(list, request);
  void *value = va_arg(list, void *);
  va_end(list);
  return martlet_ioctl_value(socket, request, value);
}
