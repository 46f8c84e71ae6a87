/// A value that lives until the machine stops: a stack, a driver.
///
/// Embedded Swift destroys a noncopyable value of another module only where it sees the bodies of
/// all deinitialisers inside, which those modules rightly keep to themselves.
@safe
struct Permanent<Value: ~Copyable>: ~Copyable {
  private let pointer: UnsafeMutablePointer<Value>

  init(_ value: consuming Value) {
    unsafe pointer = .allocate(capacity: 1)
    unsafe pointer.initialize(to: value)
  }

  var value: Value {
    unsafeAddress { unsafe UnsafePointer(pointer) }
    unsafeMutableAddress { unsafe pointer }
  }
}
