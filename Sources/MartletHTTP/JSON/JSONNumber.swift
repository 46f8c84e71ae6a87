/// A number as JSON writes it, exactly: `digits` times ten to the power of `exponent`.
public struct JSONNumber: Equatable, Sendable {
  /// The digits with their sign, without the point; at most 18.
  public let digits: Int64

  /// Where the point is: -2 for 1.25.
  public let exponent: Int

  /// The number, if it is whole and fits: also 1e3 and 20.0.
  public var integer: Int64? {
    var value = digits
    var exponent = exponent
    while exponent < 0, value != 0 {
      guard value % 10 == 0 else { return nil }
      value /= 10
      exponent += 1
    }
    return raise(value, by: max(0, exponent))
  }

  /// The number times 1,000, cut off toward zero, if that fits: 0.5 gives 500. For times in
  /// seconds, where there is no floating point.
  public var thousandths: Int64? {
    var value = digits
    var exponent = exponent + 3
    while exponent < 0, value != 0 {
      value /= 10
      exponent += 1
    }
    return raise(value, by: max(0, exponent))
  }

  private func raise(_ value: Int64, by exponent: Int) -> Int64? {
    guard value != 0 else { return 0 }
    var value = value
    for _ in 0..<exponent {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
    }
    return value
  }
}
