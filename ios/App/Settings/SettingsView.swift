import FindThisFitKit
import SwiftUI

/// The server, who is signed in, and what is kept on the device.
struct SettingsView: View {
  @Environment(AppSession.self) private var session
  @State private var showsSignIn = false
  @State private var asksToLeave = false

  var body: some View {
    Form {
      if let problem = session.problem {
        Label(problem.text, systemImage: "exclamationmark.triangle").foregroundStyle(Color("Bad"))
      }
      Section("Server") {
        LabeledContent("Address") { Text(verbatim: session.services?.settings.server.text ?? "") }
        if session.services?.settings.server.isEncrypted == false {
          Label("The connection is not encrypted.", systemImage: "lock.open").foregroundStyle(.secondary)
        }
        Button("Use another server", role: .destructive) { asksToLeave = true }
      }
      Section("Account") { account }
      Section {
        Button("Clear recent searches") { Task { await session.services?.recents.removeAll() } }
        Button("Clear stored images") { Task { await session.services?.images.removeAll() } }
      } header: {
        Text("On this device")
      } footer: {
        Text("Photos are sent to your server only, without their place. Recent searches stay on this device.")
      }
    }
    .navigationTitle("Settings")
    .task { await session.refresh() }
    .sheet(isPresented: $showsSignIn) { SignInView() }
    .confirmationDialog("Use another server?", isPresented: $asksToLeave, titleVisibility: .visible) {
      Button("Leave this server", role: .destructive) { Task { await session.disconnect() } }
    } message: {
      Text("Recent searches and what is saved on this device only are removed.")
    }
  }

  @ViewBuilder private var account: some View {
    if let caller = session.caller, caller.kind == "user" {
      LabeledContent("Signed in as") { Text(verbatim: caller.email ?? caller.name ?? "") }
      Button("Sign out") { Task { await session.signOut() } }
    } else if session.capabilities?.canSignIn == true {
      Button("Sign in") { showsSignIn = true }
    } else {
      Text("This server has no accounts.").foregroundStyle(.secondary)
    }
  }
}
