// The socket calls of one implementation, and what a test needs to judge them.

#ifndef CALLS_H
#define CALLS_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/// One implementation of the socket calls: the kernel's or libmartlet's.
struct calls {
  const char *name;
  int (*socket)(int, int, int);
  int (*bind)(int, const struct sockaddr *, socklen_t);
  int (*listen)(int, int);
  int (*accept)(int, struct sockaddr *, socklen_t *);
  int (*accept4)(int, struct sockaddr *, socklen_t *, int);
  int (*connect)(int, const struct sockaddr *, socklen_t);
  ssize_t (*send)(int, const void *, size_t, int);
  ssize_t (*recv)(int, void *, size_t, int);
  ssize_t (*sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
  ssize_t (*recvfrom)(int, void *, size_t, int, struct sockaddr *, socklen_t *);
  int (*shutdown)(int, int);
  int (*close)(int);
  int (*getsockname)(int, struct sockaddr *, socklen_t *);
  int (*getpeername)(int, struct sockaddr *, socklen_t *);
  int (*getsockopt)(int, int, int, void *, socklen_t *);
  int (*setsockopt)(int, int, int, const void *, socklen_t);
  int (*fcntl)(int, int, ...);
  int (*ioctl)(int, unsigned long, ...);
  int (*poll)(struct pollfd *, nfds_t, int);
};

extern const struct calls *net;

// MARK: Judging

/// Expects a call's result, and its errno where that is -1. Values are evaluated once.
#define expect(call, result, code) \
  judge(__FILE__, __LINE__, #call, (errno = 0, (long)(call)), (long)(result), (code))
/// Expects a number.
#define expect_equal(value, expected) \
  judge(__FILE__, __LINE__, #value, (long)(value), (long)(expected), 0)
/// Expects a call to succeed with 0.
#define expect_ok(call) expect(call, 0, 0)
/// Expects a call to fail.
#define expect_error(call, code) expect(call, -1, code)

void judge(const char *file, int line, const char *text, long result, long expected, int code);
/// Begins a named group of expectations.
void begin(const char *name);

extern int failure_count, expectation_count;

// MARK: Helpers

/// 127.0.0.1 with a port, in `storage` that the caller may change.
struct sockaddr_in loopback(int port);
/// The port that a socket is bound to.
int port_of(int socket);
/// A socket bound to a free port of 127.0.0.1.
int bound(int type);
/// A listening socket.
int listening(int backlog);
/// A connected pair of TCP sockets; `pair[0]` has connected, `pair[1]` was accepted.
void connected(int pair[2]);
/// Connects a socket to a port of 127.0.0.1.
int connect_to(int socket, int port);
/// Waits for events of one socket and returns what came.
int ready(int socket, int events, int timeout);
/// Sets and gets an int option; `get_number` returns -errno on failure.
int set_number(int socket, int level, int option, int value);
int get_number(int socket, int level, int option);
/// Milliseconds of the monotonic clock.
long milliseconds(void);

#endif
