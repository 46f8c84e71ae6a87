/// A word of a filter's text, and where it begins.
struct FilterWord: Equatable, Sendable {
  let text: String
  /// Counted from 1 in characters.
  let column: Int

  /// Cuts a text at blanks and around parentheses and the signs of logic.
  static func words(of text: String) -> [FilterWord] {
    var words: [FilterWord] = []
    var word = ""
    var start = 1
    func finish() {
      guard !word.isEmpty else { return }
      words.append(FilterWord(text: word, column: start))
      word = ""
    }
    var column = 0
    var characters = text.makeIterator()
    var next = characters.next()
    while let character = next {
      column += 1
      next = characters.next()
      switch character {
      case _ where character.isWhitespace: finish()
      case "(", ")", "!":
        finish()
        words.append(FilterWord(text: String(character), column: column))
      case "&", "|":
        finish()
        let isDouble = next == character
        words.append(
          FilterWord(text: String(repeating: character, count: isDouble ? 2 : 1), column: column))
        guard isDouble else { continue }
        column += 1
        next = characters.next()
      default:
        if word.isEmpty { start = column }
        word.append(character)
      }
    }
    finish()
    return words
  }
}
