// The same expectations of two implementations of the socket calls: `conformance kernel` and
// `conformance martlet`. Exits with 1 when one is not met.

#include "calls.h"
#include "martlet.h"

const struct calls *net;

static const struct calls kernel = {
    .name = "kernel",
    .socket = socket,
    .bind = bind,
    .listen = listen,
    .accept = accept,
    .accept4 = accept4,
    .connect = connect,
    .send = send,
    .recv = recv,
    .sendto = sendto,
    .recvfrom = recvfrom,
    .shutdown = shutdown,
    .close = close,
    .getsockname = getsockname,
    .getpeername = getpeername,
    .getsockopt = getsockopt,
    .setsockopt = setsockopt,
    .fcntl = fcntl,
    .ioctl = ioctl,
    .poll = poll,
};

static const struct calls martlet = {
    .name = "martlet",
    .socket = martlet_socket,
    .bind = martlet_bind,
    .listen = martlet_listen,
    .accept = martlet_accept,
    .accept4 = martlet_accept4,
    .connect = martlet_connect,
    .send = martlet_send,
    .recv = martlet_recv,
    .sendto = martlet_sendto,
    .recvfrom = martlet_recvfrom,
    .shutdown = martlet_shutdown,
    .close = martlet_close,
    .getsockname = martlet_getsockname,
    .getpeername = martlet_getpeername,
    .getsockopt = martlet_getsockopt,
    .setsockopt = martlet_setsockopt,
    .fcntl = martlet_fcntl,
    .ioctl = martlet_ioctl,
    .poll = martlet_poll,
};

void test_names(void);
void test_streams(void);
void test_datagrams(void);
void test_readiness(void);
void test_options(void);
void test_bad_input(void);
void test_threads(void);

int main(int count, char **arguments) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (count != 2) return 64;
  net = strcmp(arguments[1], "kernel") == 0 ? &kernel : &martlet;
  if (net == &martlet) {
    struct martlet_settings settings = {.prefix = 24};
    settings.address.s_addr = inet_addr("10.99.0.2");
    if (martlet_create(&settings) == NULL) {
      perror("martlet_create");
      return 1;
    }
  }
  // A test that hangs is one that failed.
  alarm(60);
  test_names();
  test_streams();
  test_datagrams();
  test_readiness();
  test_options();
  test_bad_input();
  test_threads();
  printf("%s: %d expectations, %d not met\n", net->name, expectation_count, failure_count);
  return failure_count != 0;
}
