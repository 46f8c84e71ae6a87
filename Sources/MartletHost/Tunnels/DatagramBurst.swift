// Says `unsafe`: it owns the memory that the kernel reads into and writes from.

internal import CMartletHost
internal import Glibc
internal import MartletDevice
internal import MartletWire

/// Datagrams that one system call receives or sends, each in a slot of memory allocated once.
@safe
package struct DatagramBurst: ~Copyable {
  private let bytes: UnsafeMutablePointer<UInt8>
  private let datagrams: UnsafeMutablePointer<martlet_datagram>
  private let stride: Int
  /// The bytes that fit into one slot.
  package let slotCapacity: Int
  /// The number of slots.
  package let capacity: Int
  /// The datagrams that it holds.
  package private(set) var count = 0

  /// Allocates `capacity` slots, at most 64.
  package init(capacity: Int = 32, slotCapacity: Int) {
    precondition((1...Int(MARTLET_BURST)).contains(capacity) && slotCapacity > 0, "no such burst")
    self.capacity = capacity
    self.slotCapacity = slotCapacity
    stride = (slotCapacity + 63) & ~63
    unsafe bytes = .allocate(capacity: stride * capacity)
    unsafe bytes.initialize(repeating: 0, count: stride * capacity)
    unsafe datagrams = .allocate(capacity: capacity)
    unsafe datagrams.initialize(repeating: martlet_datagram(), count: capacity)
  }

  deinit {
    unsafe bytes.deallocate()
    unsafe datagrams.deallocate()
  }

  /// Whether no slot is left.
  package var isFull: Bool { count == capacity }

  // MARK: Receiving

  /// Replaces what it holds with what waits at a socket; returns the count, or the negated `errno`.
  package mutating func receive(from socket: Int32, limit: Int) -> Int {
    let received = unsafe martlet_receive_many(
      socket, bytes, stride, datagrams, Int32(clamping: min(limit, capacity)))
    count = max(0, Int(received))
    return received < 0 ? -Int(errno) : count
  }

  /// The datagram at `index`; `nil` when it did not fit its slot.
  @_lifetime(borrow self)
  package func datagram(at index: Int) -> RawSpan? {
    precondition(index >= 0 && index < count, "no such datagram")
    let length = unsafe Int(datagrams[index].length)
    guard length <= slotCapacity else { return nil }
    let span = unsafe RawSpan(_unsafeStart: bytes + index &* stride, byteCount: length)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// The datagram at `index`, to be changed; as much of it as fits its slot.
  @_lifetime(&self)
  package mutating func mutableDatagram(at index: Int) -> MutableRawSpan {
    precondition(index >= 0 && index < count, "no such datagram")
    let length = unsafe min(Int(datagrams[index].length), slotCapacity)
    let span = unsafe MutableRawSpan(_unsafeStart: bytes + index &* stride, byteCount: length)
    return unsafe _overrideLifetime(span, mutating: &self)
  }

  /// Who sent the datagram at `index`.
  package func sender(at index: Int) -> Endpoint {
    precondition(index >= 0 && index < count, "no such datagram")
    let datagram = unsafe datagrams[index]
    return Endpoint(
      IPv4Address(rawValue: UInt32(bigEndian: datagram.address)),
      port: UInt16(bigEndian: datagram.port))
  }

  // MARK: Sending

  /// The next slot's bytes; traps when there is none.
  package var nextSlot: MutableRawSpan {
    @_lifetime(&self)
    mutating get {
      precondition(count < capacity, "no slot left")
      let span = unsafe MutableRawSpan(
        _unsafeStart: bytes + count &* stride, byteCount: slotCapacity)
      return unsafe _overrideLifetime(span, mutating: &self)
    }
  }

  /// Ends the next slot as a datagram of `length` bytes for `peer`.
  package mutating func append(length: Int, to peer: Endpoint) {
    precondition(count < capacity && length >= 0 && length <= slotCapacity, "not a slot's datagram")
    unsafe datagrams[count] = martlet_datagram(
      address: peer.address.rawValue.bigEndian, port: peer.port.bigEndian,
      length: UInt32(truncatingIfNeeded: length))
    count += 1
  }

  /// Sends all that it holds and is empty then. `refused` is called with the negated `errno` for
  /// each datagram that the kernel did not take; the others go all the same.
  package mutating func send(on socket: Int32, refused: (Int) -> Void) {
    var sent = 0
    while sent < count {
      let result = unsafe martlet_send_many(
        socket, bytes + sent &* stride, stride, datagrams + sent, Int32(clamping: count - sent))
      if result > 0 {
        sent += Int(result)
      } else {
        refused(-Int(errno))
        sent += 1
      }
    }
    count = 0
  }
}
