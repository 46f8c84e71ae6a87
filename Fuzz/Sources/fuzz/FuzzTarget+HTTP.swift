import MartletHTTP

extension FuzzTarget {
  /// What a parser said of a stream of requests.
  private struct Transcript: Equatable {
    var text: [String] = []
    var body: [UInt8] = []
    var error: RequestError?
  }

  /// The first byte says in pieces of which size the stream comes.
  static func request(_ bytes: RawSpan) {
    guard bytes.byteCount > 0 else { return }
    let piece = 1 + Int([UInt8](bytes)[0] & 63)
    let stream = bytes.extracting(1..<bytes.byteCount)
    check(
      transcript(stream, piece: max(1, stream.byteCount)) == transcript(stream, piece: piece),
      "the size of the pieces does not matter")
  }

  private static func transcript(_ stream: RawSpan, piece: Int) -> Transcript {
    var parser = RequestParser()
    var transcript = Transcript()
    var start = 0
    while start < stream.byteCount {
      let input = stream.extracting(start..<min(start + piece, stream.byteCount))
      start += input.byteCount
      var offset = 0
      do throws(RequestError) {
        while let event = try parser.next(in: input, at: &offset) {
          switch event {
          case .head: transcript.text.append(summary(of: parser.head))
          case .body(let range): transcript.body += [UInt8](input.extracting(range))
          case .end: transcript.text.append("end")
          }
        }
      } catch {
        transcript.error = error
        return transcript
      }
    }
    return transcript
  }

  private static func summary(of head: borrowing RequestHead) -> String {
    var fields = ""
    for index in 0..<head.fieldCount {
      fields += "\([UInt8](head.fieldName(index).bytes))=\([UInt8](head.fieldValue(index).bytes))"
    }
    return "\(head.method) \([UInt8](head.path.bytes))?\([UInt8](head.query.bytes)) \(fields)"
  }

  static func json(_ bytes: RawSpan) {
    var reader = JSONReader(ByteText(bytes))
    var output = OutputBuffer(capacity: 4096)
    do throws(JSONError) {
      while let event = try reader.next() {
        switch event {
        case .key(let text), .string(let text):
          reader.append(text, to: &output)
          _ = reader.text(text, equals: "brightness")
        case .number(let number): _ = (number.integer, number.thousandths)
        default: break
        }
        check(reader.openLevels <= 8, "nesting is bounded")
      }
      check(reader.openLevels == 0, "a whole text closes what it opens")
    } catch {}
  }

  static func form(_ bytes: RawSpan) {
    var reader = FormReader(ByteText(bytes))
    var output = OutputBuffer(capacity: 4096)
    var total = 0
    while let pair = reader.next() {
      total += pair.name.count + pair.value.count
      _ = output.append(formDecoded: pair.name)
      _ = output.append(formDecoded: pair.value)
    }
    check(total <= bytes.byteCount, "pairs are not read twice")
  }
}
