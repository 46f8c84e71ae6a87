import ArgumentParser
import MartletHome

/// `martlet hub code`: a new link, for who has lost the password.
struct HubCode: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "code",
    abstract: "Print a code that signs in once at a running hub, at its page /start?code=CODE.",
    discussion: "A code ends in a day, and when a new one is made.")

  @OptionGroup var folder: HubFolderOption

  func run() async throws {
    let client = HubClient(socketIn: try folder.path())
    Terminal.put(try await client.change("/api/v1/code"))
  }
}
