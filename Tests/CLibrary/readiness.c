// poll, time-outs, fcntl and ioctl.

#include "calls.h"

static void polling(void) {
  begin("poll");
  int stream = net->socket(AF_INET, SOCK_STREAM, 0), datagram = net->socket(AF_INET, SOCK_DGRAM, 0);
  expect_equal(ready(stream, POLLIN | POLLOUT, 0), POLLOUT | POLLHUP);
  expect_equal(ready(datagram, POLLIN | POLLOUT, 0), POLLOUT);
  expect_equal(ready(stream, 0, 0), POLLHUP);
  net->close(stream);
  expect_equal(ready(stream, POLLIN, 0), POLLNVAL);
  expect_equal(ready(-1, POLLIN, 0), 0);
  int listener = listening(1);
  expect_equal(ready(listener, POLLIN | POLLOUT, 0), 0);

  int pair[2];
  connected(pair);
  expect_equal(ready(pair[0], POLLIN | POLLOUT | POLLRDHUP, 0), POLLOUT);
  expect_equal(net->send(pair[1], "x", 1, 0), 1);
  expect_equal(ready(pair[0], POLLIN, 5000), POLLIN);
  expect_equal(ready(pair[0], POLLIN | POLLRDNORM, 0), POLLIN | POLLRDNORM);
  net->shutdown(pair[1], SHUT_WR);
  expect_equal(ready(pair[0], POLLRDHUP, 5000), POLLRDHUP);
  net->shutdown(pair[0], SHUT_WR);
  expect_equal(ready(pair[0], POLLOUT, 5000), POLLOUT | POLLHUP);

  begin("poll, many");
  // Sockets beside a descriptor of the kernel's.
  int pipes[2];
  expect_ok(pipe(pipes));
  struct pollfd entries[3] = {
      {.fd = listener, .events = POLLIN},
      {.fd = pipes[0], .events = POLLIN},
      {.fd = -7, .events = POLLIN, .revents = 99},
  };
  expect_equal(net->poll(entries, 3, 0), 0);
  expect_equal(entries[2].revents, 0);
  expect_equal(write(pipes[1], "x", 1), 1);
  expect_equal(net->poll(entries, 3, 5000), 1);
  expect_equal(entries[1].revents, POLLIN);
  long before = milliseconds();
  expect_equal(net->poll(entries, 1, 60), 0);
  long lasted = milliseconds() - before;
  expect_equal(lasted >= 60 && lasted < 3000, 1);
  close(pipes[0]);
  close(pipes[1]);
  net->close(listener);
  net->close(datagram);
  net->close(pair[0]);
  net->close(pair[1]);
}

static void waiting(void) {
  begin("SO_RCVTIMEO");
  int pair[2];
  char byte;
  connected(pair);
  struct timeval time = {.tv_usec = 80000}, told = {0};
  socklen_t length = sizeof told;
  expect_ok(net->setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
  expect_ok(net->getsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &told, &length));
  expect_equal(length, sizeof told);
  expect_equal(told.tv_usec, 80000);
  long before = milliseconds();
  expect_error(net->recv(pair[0], &byte, 1, 0), EAGAIN);
  long lasted = milliseconds() - before;
  expect_equal(lasted >= 79 && lasted < 3000, 1);
  time.tv_usec = 1000000;
  expect_error(net->setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time), EDOM);
  expect_error(net->setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &time, 8), EINVAL);
  net->close(pair[0]);
  net->close(pair[1]);
}

static void ignore(int number) { (void)number; }

static void interrupting(void) {
  begin("signals");
  int pair[2];
  char byte;
  connected(pair);
  // Without SA_RESTART a handler ends the wait.
  struct sigaction action = {.sa_handler = ignore};
  sigaction(SIGALRM, &action, NULL);
  struct itimerval timer = {.it_value = {.tv_usec = 50000}};
  setitimer(ITIMER_REAL, &timer, NULL);
  expect_error(net->recv(pair[0], &byte, 1, 0), EINTR);
  setitimer(ITIMER_REAL, &timer, NULL);
  expect_equal(ready(pair[0], POLLIN, -1), -EINTR);
  signal(SIGALRM, SIG_DFL);
  alarm(60);
  net->close(pair[0]);
  net->close(pair[1]);
}

static void controlling(void) {
  begin("fcntl and ioctl");
  int pair[2], count = -1;
  char bytes[8];
  connected(pair);
  expect_equal(net->fcntl(pair[0], F_GETFL), O_RDWR);
  expect_ok(net->fcntl(pair[0], F_SETFL, O_NONBLOCK));
  expect_equal(net->fcntl(pair[0], F_GETFL), O_RDWR | O_NONBLOCK);
  expect_ok(net->ioctl(pair[0], FIONBIO, &(int){0}));
  expect_equal(net->fcntl(pair[0], F_GETFL), O_RDWR);
  expect_ok(net->ioctl(pair[1], FIONREAD, &count));
  expect_equal(count, 0);
  expect_equal(net->send(pair[0], "12345", 5, 0), 5);
  expect_equal(ready(pair[1], POLLIN, 5000), POLLIN);
  expect_ok(net->ioctl(pair[1], FIONREAD, &count));
  expect_equal(count, 5);
  expect_error(net->ioctl(pair[1], 0xDEAD, &count), ENOTTY);
  expect_error(net->fcntl(pair[1], 9999), EINVAL);
  expect_equal(net->fcntl(pair[1], F_GETFD), 0);
  expect_ok(net->fcntl(pair[1], F_SETFD, FD_CLOEXEC));
  expect_equal(net->fcntl(pair[1], F_GETFD), FD_CLOEXEC);
  // A second number is the same socket, until both are closed.
  int twin = net->fcntl(pair[1], F_DUPFD, 100);
  expect_equal(twin >= 100, 1);
  expect_ok(net->close(pair[1]));
  expect_equal(net->recv(twin, bytes, 8, 0), 5);
  expect_equal(net->send(twin, "abc", 3, 0), 3);
  expect_equal(net->recv(pair[0], bytes, 8, 0), 3);
  expect_ok(net->close(twin));
  expect_equal(net->recv(pair[0], bytes, 8, 0), 0);
  net->close(pair[0]);
}

void test_readiness(void) {
  polling();
  waiting();
  interrupting();
  controlling();
}
