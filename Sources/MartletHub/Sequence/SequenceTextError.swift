/// Why a text is no sequence. Each error says which item of the list it is about, from 1.
public enum SequenceTextError: Error, Equatable, Sendable {
  /// The list is empty, or an item is.
  case empty(item: Int)
  /// The item does not begin with a valve's letter, a to d.
  case badValve(item: Int)
  /// What follows the letter is not a number of 1 to 86,400 seconds.
  case badTime(item: Int)
  /// There are more than 64 items.
  case tooLong
}
