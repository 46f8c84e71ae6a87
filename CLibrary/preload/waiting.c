// poll, select and epoll over sockets of libmartlet's and descriptors of the kernel's.

#include "preload.h"

#include <time.h>

static int any_ours(const struct pollfd *entries, nfds_t count) {
  for (nfds_t index = 0; index < count; index++)
    if (is_ours(entries[index].fd)) return 1;
  return 0;
}

static int milliseconds(const struct timespec *time) {
  if (!time) return -1;
  if (time->tv_sec > 2000000) return 2000000000;
  return time->tv_sec * 1000 + (time->tv_nsec + 999999) / 1000000;
}

// MARK: poll

int poll(struct pollfd *entries, nfds_t count, int timeout) {
  if (depth == 0 && entries && any_ours(entries, count))
    return MARTLET(martlet_poll(entries, count, timeout));
  return REAL(poll)(entries, count, timeout);
}

int ppoll(struct pollfd *entries, nfds_t count, const struct timespec *timeout,
          const sigset_t *mask) {
  if (depth != 0 || !entries || !any_ours(entries, count))
    return REAL(ppoll)(entries, count, timeout, mask);
  sigset_t before;
  if (mask) pthread_sigmask(SIG_SETMASK, mask, &before);
  int result = MARTLET(martlet_poll(entries, count, milliseconds(timeout)));
  if (mask) pthread_sigmask(SIG_SETMASK, &before, NULL);
  return result;
}

int __poll_chk(struct pollfd *entries, nfds_t count, int timeout, size_t room) {
  if (room / sizeof *entries < count) abort();
  return poll(entries, count, timeout);
}

int __ppoll_chk(struct pollfd *entries, nfds_t count, const struct timespec *timeout,
                const sigset_t *mask, size_t room) {
  if (room / sizeof *entries < count) abort();
  return ppoll(entries, count, timeout, mask);
}

// MARK: select

static int is_set(int number, fd_set *set) { return set && FD_ISSET(number, set); }

/// What select is asked of one descriptor, in poll's bits.
static short asked(int number, fd_set *reading, fd_set *writing, fd_set *other) {
  return (is_set(number, reading) ? POLLIN : 0) | (is_set(number, writing) ? POLLOUT : 0) |
         (is_set(number, other) ? POLLPRI : 0);
}

static int select_by_poll(int limit, fd_set *reading, fd_set *writing, fd_set *other, int timeout) {
  struct pollfd entries[FD_SETSIZE];
  int count = 0, total = 0;
  for (int number = 0; number < limit && number < FD_SETSIZE; number++) {
    short events = asked(number, reading, writing, other);
    if (events) entries[count++] = (struct pollfd){.fd = number, .events = events};
  }
  if (MARTLET(martlet_poll(entries, count, timeout)) < 0) return -1;
  for (int index = 0; index < count; index++)
    if (entries[index].revents & POLLNVAL) {
      errno = EBADF;
      return -1;
    }
  if (reading) FD_ZERO(reading);
  if (writing) FD_ZERO(writing);
  if (other) FD_ZERO(other);
  for (int index = 0; index < count; index++) {
    const struct pollfd *entry = &entries[index];
    short events = entry->revents;
    if (entry->events & POLLIN && events & (POLLIN | POLLHUP | POLLERR)) {
      FD_SET(entry->fd, reading);
      total++;
    }
    if (entry->events & POLLOUT && events & (POLLOUT | POLLERR)) {
      FD_SET(entry->fd, writing);
      total++;
    }
    if (entry->events & POLLPRI && events & POLLPRI) {
      FD_SET(entry->fd, other);
      total++;
    }
  }
  return total;
}

static int selects_ours(int limit, fd_set *reading, fd_set *writing, fd_set *other) {
  if (depth != 0) return 0;
  for (int number = 0; number < limit && number < FD_SETSIZE; number++)
    if (asked(number, reading, writing, other) && is_ours(number)) return 1;
  return 0;
}

int select(int limit, fd_set *reading, fd_set *writing, fd_set *other, struct timeval *timeout) {
  if (!selects_ours(limit, reading, writing, other))
    return REAL(select)(limit, reading, writing, other, timeout);
  struct timespec time = {0}, before, after;
  if (timeout) time = (struct timespec){timeout->tv_sec, timeout->tv_usec * 1000};
  clock_gettime(CLOCK_MONOTONIC, &before);
  int result =
      select_by_poll(limit, reading, writing, other, milliseconds(timeout ? &time : NULL));
  clock_gettime(CLOCK_MONOTONIC, &after);
  if (timeout) {
    // Linux leaves what was not waited.
    long left = (timeout->tv_sec - (after.tv_sec - before.tv_sec)) * 1000000 + timeout->tv_usec -
                (after.tv_nsec - before.tv_nsec) / 1000;
    if (left < 0) left = 0;
    *timeout = (struct timeval){left / 1000000, left % 1000000};
  }
  return result;
}

int pselect(int limit, fd_set *reading, fd_set *writing, fd_set *other,
            const struct timespec *timeout, const sigset_t *mask) {
  if (!selects_ours(limit, reading, writing, other))
    return REAL(pselect)(limit, reading, writing, other, timeout, mask);
  sigset_t before;
  if (mask) pthread_sigmask(SIG_SETMASK, mask, &before);
  int result = select_by_poll(limit, reading, writing, other, milliseconds(timeout));
  if (mask) pthread_sigmask(SIG_SETMASK, &before, NULL);
  return result;
}

// MARK: epoll

/// A socket in an epoll set.
struct member {
  int set, number;
  uint32_t events;
  epoll_data_t data;
  /// What an edge-triggered member was last told of.
  uint32_t told;
  int is_disabled;
};

enum { member_limit = 1024 };
static struct member members[member_limit];
static int member_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct member *find(int set, int number) {
  for (int index = 0; index < member_count; index++)
    if (members[index].set == set && members[index].number == number) return &members[index];
  return NULL;
}

void forget_epoll(int number) {
  pthread_mutex_lock(&lock);
  for (int index = member_count - 1; index >= 0; index--)
    if (members[index].number == number) members[index] = members[--member_count];
  pthread_mutex_unlock(&lock);
}

static int change(int set, int operation, int number, struct epoll_event *event) {
  struct member *member = find(set, number);
  if (operation == EPOLL_CTL_ADD) {
    if (member) return EEXIST;
    if (member_count == member_limit) return ENOSPC;
    member = &members[member_count++];
    *member = (struct member){.set = set, .number = number};
  }
  if (!member) return ENOENT;
  if (operation == EPOLL_CTL_DEL) {
    *member = members[--member_count];
    return 0;
  }
  member->events = event->events;
  member->data = event->data;
  member->told = 0;
  member->is_disabled = 0;
  return 0;
}

int epoll_ctl(int set, int operation, int number, struct epoll_event *event) {
  if (!is_ours(number)) return REAL(epoll_ctl)(set, operation, number, event);
  if (operation != EPOLL_CTL_DEL && !event) {
    errno = EFAULT;
    return -1;
  }
  pthread_mutex_lock(&lock);
  int code = change(set, operation, number, event);
  pthread_mutex_unlock(&lock);
  if (code == 0) return 0;
  errno = code;
  return -1;
}

/// Fills `entries` with a set's sockets; the set itself comes last.
static int gather(int set, struct pollfd *entries) {
  int count = 0;
  pthread_mutex_lock(&lock);
  for (int index = 0; index < member_count; index++) {
    const struct member *member = &members[index];
    if (member->set != set || member->is_disabled) continue;
    entries[count++] = (struct pollfd){.fd = member->number, .events = member->events & 0x3FFF};
  }
  pthread_mutex_unlock(&lock);
  if (count > 0) entries[count++] = (struct pollfd){.fd = set, .events = POLLIN};
  return count;
}

/// Tells of one socket; 0 where an edge-triggered one has nothing new.
static int tell(int set, const struct pollfd *entry, struct epoll_event *event) {
  pthread_mutex_lock(&lock);
  struct member *member = find(set, entry->fd);
  uint32_t now = (uint16_t)entry->revents, shown = 0;
  if (member && !member->is_disabled) {
    shown = now;
    if (member->events & EPOLLET) {
      // Room is told of once, until it was gone. Bytes are told of at every look: that more came
      // cannot be seen from here, and a reader has taken all there were.
      if (!(now & ~member->told) && !(now & (POLLIN | POLLRDHUP))) shown = 0;
      member->told = now & ~(POLLIN | POLLRDHUP);
    }
    if (shown && member->events & EPOLLONESHOT) member->is_disabled = 1;
    *event = (struct epoll_event){.events = shown, .data = member->data};
  }
  pthread_mutex_unlock(&lock);
  return shown != 0;
}

static int collect(int set, const struct pollfd *entries, int count, struct epoll_event *events,
                   int limit) {
  int total = 0;
  for (int index = 0; index < count - 1 && total < limit; index++)
    if (entries[index].revents) total += tell(set, &entries[index], &events[total]);
  if (entries[count - 1].revents && total < limit) {
    int more = REAL(epoll_wait)(set, events + total, limit - total, 0);
    if (more > 0) total += more;
  }
  return total;
}

int epoll_pwait(int set, struct epoll_event *events, int limit, int timeout, const sigset_t *mask) {
  struct pollfd entries[member_limit + 1];
  int count = depth == 0 ? gather(set, entries) : 0;
  if (count == 0) return REAL(epoll_pwait)(set, events, limit, timeout, mask);
  if (limit <= 0) {
    errno = EINVAL;
    return -1;
  }
  sigset_t before;
  if (mask) pthread_sigmask(SIG_SETMASK, mask, &before);
  int result;
  for (;;) {
    // Edges that were told of keep a set ready: it is looked at again after a while.
    result = MARTLET(martlet_poll(entries, count, timeout));
    if (result <= 0) break;
    result = collect(set, entries, count, events, limit);
    if (result > 0 || timeout == 0) break;
    int step = timeout < 0 || timeout > 5 ? 5 : timeout;
    usleep(step * 1000);
    if (timeout > 0) timeout -= step;
    count = gather(set, entries);
  }
  if (mask) pthread_sigmask(SIG_SETMASK, &before, NULL);
  return result;
}

int epoll_wait(int set, struct epoll_event *events, int limit, int timeout) {
  return epoll_pwait(set, events, limit, timeout, NULL);
}
