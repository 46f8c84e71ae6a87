// The only file of this module that says `unsafe`. It owns the memory of every table, allocated
// once when a stack is made: after that the packet path allocates nothing. Every access checks its
// index, so that a wrong one traps and never reads another's memory.

/// A fixed number of elements, all initialised.
@safe
struct Table<Element: ~Copyable>: ~Copyable {
  private let base: UnsafeMutablePointer<Element>
  /// The number of elements.
  let count: Int

  /// Allocates `count` elements, each made by `make` from its index.
  init(count: Int, _ make: (Int) -> Element) {
    unsafe self.base = .allocate(capacity: max(count, 1))
    self.count = count
    for index in 0..<count { unsafe (base + index).initialize(to: make(index)) }
  }

  deinit {
    unsafe base.deinitialize(count: count)
    unsafe base.deallocate()
  }

  /// The element at `index`; traps outside.
  subscript(index: Int) -> Element {
    unsafeAddress {
      precondition(index >= 0 && index < count)
      return unsafe UnsafePointer(base + index)
    }
    unsafeMutableAddress {
      precondition(index >= 0 && index < count)
      return unsafe base + index
    }
  }
}

/// A fixed number of slots that are handed out and taken back, each with a generation.
///
/// Slots are initialised when first handed out, so that a large capacity costs address space and
/// not memory. A generation is odd while its slot is in use; a handle that remembers an older one
/// names nothing any more.
@safe
struct Slab<Element: ~Copyable>: ~Copyable {
  private let base: UnsafeMutablePointer<Element>
  private let links: UnsafeMutablePointer<Link>
  /// The number of slots.
  let capacity: Int
  /// The number of slots in use.
  private(set) var count = 0
  /// Slots at and beyond this index have never been used.
  private(set) var highWater = 0
  private var firstFree = UInt32.max

  struct Link {
    var generation: UInt32
    var nextFree: UInt32
  }

  /// Reserves room for `capacity` elements.
  init(capacity: Int) {
    unsafe self.base = .allocate(capacity: max(capacity, 1))
    unsafe self.links = .allocate(capacity: max(capacity, 1))
    self.capacity = capacity
  }

  deinit {
    for index in 0..<highWater where unsafe links[index].generation & 1 == 1 {
      unsafe (base + index).deinitialize(count: 1)
    }
    unsafe base.deallocate()
    unsafe links.deallocate()
  }

  /// Whether every slot is in use.
  var isFull: Bool { count == capacity }

  /// Puts `element` into a free slot and returns its index; `nil`, and the element is gone, when
  /// there is none: ask `isFull` first where that matters.
  mutating func insert(_ element: consuming Element) -> Int? {
    let index: Int
    if firstFree != .max {
      index = Int(firstFree)
      unsafe firstFree = links[index].nextFree
      unsafe links[index].generation &+= 1
    } else {
      guard highWater < capacity else { return nil }
      index = highWater
      highWater += 1
      unsafe (links + index).initialize(to: Link(generation: 1, nextFree: .max))
    }
    unsafe (base + index).initialize(to: element)
    count += 1
    return index
  }

  /// Takes the element out of slot `index`, which must be in use; its handles turn stale.
  @discardableResult
  mutating func remove(at index: Int) -> Element {
    precondition(isUsed(index), "the slot is free")
    unsafe links[index].generation &+= 1
    unsafe links[index].nextFree = firstFree
    firstFree = UInt32(truncatingIfNeeded: index)
    count -= 1
    return unsafe (base + index).move()
  }

  /// Whether slot `index` is in use.
  func isUsed(_ index: Int) -> Bool {
    guard index >= 0, index < highWater else { return false }
    return unsafe links[index].generation & 1 == 1
  }

  /// The generation of slot `index`, for a handle; 0 for a slot that was never used.
  func generation(at index: Int) -> UInt32 {
    guard index >= 0, index < highWater else { return 0 }
    return unsafe links[index].generation
  }

  /// Whether slot `index` is in use and still of this generation.
  func holds(_ index: Int, generation: UInt32) -> Bool {
    isUsed(index) && self.generation(at: index) == generation
  }

  /// The element in slot `index`; traps where none is.
  subscript(index: Int) -> Element {
    unsafeAddress {
      precondition(isUsed(index))
      return unsafe UnsafePointer(base + index)
    }
    unsafeMutableAddress {
      precondition(isUsed(index))
      return unsafe base + index
    }
  }
}

/// A run of bytes that stream blocks are cut from.
@safe
struct ByteSlab: ~Copyable {
  private let base: UnsafeMutableRawPointer
  /// The number of bytes.
  let count: Int

  /// Allocates `count` bytes without touching them: pages cost memory from their first use on.
  init(count: Int) {
    unsafe self.base = .allocate(byteCount: max(count, 1), alignment: 64)
    self.count = count
  }

  deinit { unsafe base.deallocate() }

  /// `count` bytes from `offset` on, to read; traps outside.
  @_lifetime(borrow self)
  func bytes(at offset: Int, count: Int) -> RawSpan {
    precondition(offset >= 0 && count >= 0 && offset <= self.count - count)
    let span = unsafe RawSpan(_unsafeStart: base + offset, byteCount: count)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// `count` bytes from `offset` on, to write; traps outside.
  @_lifetime(&self)
  mutating func mutableBytes(at offset: Int, count: Int) -> MutableRawSpan {
    precondition(offset >= 0 && count >= 0 && offset <= self.count - count)
    let span = unsafe MutableRawSpan(_unsafeStart: base + offset, byteCount: count)
    return unsafe _overrideLifetime(span, mutating: &self)
  }
}

extension MutableRawSpan {
  /// Copies all of `source` to `offset`; traps where it does not fit.
  @_lifetime(self: copy self)
  mutating func copy(_ source: RawSpan, at offset: Int) {
    precondition(offset >= 0 && offset <= byteCount - source.byteCount)
    unsafe withUnsafeMutableBytes { target in
      unsafe source.withUnsafeBytes { bytes in
        guard let from = bytes.baseAddress, let to = target.baseAddress else { return }
        unsafe (to + offset).copyMemory(from: from, byteCount: bytes.count)
      }
    }
  }
}
