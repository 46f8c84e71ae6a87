import ArgumentParser

/// `martlet house`: what is done with a home from a terminal.
struct HouseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "house",
    abstract: "Work a home from the terminal: its nodes, its water, its lights.",
    discussion: """
      Asks the hub that runs ('martlet hub', or that of 'martlet up') by the socket in its state \
      folder, which no other user can open; or another by --url and a token. What is shown is what \
      nodes have reported, never what they were told.

        martlet house nodes
        martlet house open B --minutes 5
        martlet house run a600,c300
        martlet house stop
        martlet house led on --color '#ff8800'
      """,
    subcommands: [
      HouseNodes.self, HouseOpen.self, HouseClose.self, HouseStop.self, HouseRun.self,
      HouseLED.self, HouseHistory.self, HousePair.self, HouseAdd.self,
    ])
}
