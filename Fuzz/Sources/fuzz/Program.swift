// Says `unsafe`: libFuzzer speaks C. Its library has the program's main; these are the functions
// that it calls.
//
// One program for all parsers: `fuzz TARGET [CORPUS] [-option=value…]`, the options being
// libFuzzer's. Without a target it lists them. A crash is saved where -artifact_prefix says.

import Glibc

/// The parser that is fed; set once, before the first bytes come.
nonisolated(unsafe) private var target: FuzzTarget?

/// Takes the target's name out of the arguments, before libFuzzer reads the others.
@c(LLVMFuzzerInitialize)
public func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
  let name = unsafe count.pointee > 1 ? arguments.pointee[1] : nil
  guard let name = unsafe name, let chosen = unsafe FuzzTarget(rawValue: String(cString: name))
  else {
    for target in FuzzTarget.allCases { print(target.rawValue) }
    unsafe exit(count.pointee > 1 ? 64 : 0)
  }
  unsafe target = chosen
  unsafe arguments.pointee[1] = arguments.pointee[0]
  unsafe arguments.pointee += 1
  unsafe count.pointee -= 1
  return 0
}

/// Feeds the parser.
@c(LLVMFuzzerTestOneInput)
public func feed(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let buffer = unsafe UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : size)
  unsafe target?.run(buffer.bytes)
  return 0
}
