// Says `unsafe`: it reads the environment.

import ArgumentParser
import Glibc

/// Which hub a command is for.
struct HubOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The state folder of the hub (default: the one hub of this user that runs).",
      valueName: "folder"))
  var state: String?

  @Option(
    help: ArgumentHelp(
      "The address of the hub's pages, instead; with a token.", valueName: "http://host:port"))
  var url: String?

  @Option(
    help: ArgumentHelp(
      "An API token, made under Settings (default: $MARTLET_TOKEN).", valueName: "token"))
  var token: String?

  func validate() throws {
    guard state == nil || url == nil else {
      throw ValidationError("--state and --url: choose one")
    }
    guard token == nil || url != nil else {
      throw ValidationError("--token: is for --url; by its folder a hub needs none")
    }
  }

  /// The hub.
  func client() throws -> HubClient {
    if let url {
      guard let token = token ?? Self.environmentToken else {
        throw Failure(
          .usage, "--url: needs --token, or MARTLET_TOKEN; make one on the hub's page Settings")
      }
      return try HubClient(url: url, token: token)
    }
    if let state { return HubClient(socketIn: state) }
    let running = try HubFolder.running()
    guard let only = running.first else {
      throw Failure(
        .noInput, "no hub of this user is running; start one: martlet hub, or martlet up")
    }
    guard running.count == 1 else {
      throw Failure(
        .usage, "several hubs are running; --state may be: \(running.joined(separator: ", "))")
    }
    return HubClient(socketIn: only)
  }

  private static var environmentToken: String? {
    guard let value = unsafe getenv("MARTLET_TOKEN") else { return nil }
    return unsafe String(cString: value)
  }
}
