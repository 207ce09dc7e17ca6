import FindThisFitKit
import SwiftUI

/// Saves the search of the results, and asks for notifications.
struct SaveSearchSheet: View {
  let query: SearchQuery
  @Environment(AppSession.self) private var session
  @Environment(\.dismiss) private var dismiss
  @State private var name: String
  @State private var email = ""
  @State private var maxPrice: Double?
  @State private var sendsMail = false

  init(query: SearchQuery) {
    self.query = query
    _name = State(initialValue: query.text.isEmpty ? String(localized: "Like my photo") : query.text)
  }

  var body: some View {
    NavigationStack {
      Form {
        Section {
          TextField("Name", text: $name)
          TextField("Highest price", value: $maxPrice, format: .number).keyboardType(.decimalPad)
        } footer: {
          if session.getsPushes {
            Text("You are told of new items and lower prices as soon as they are found.")
          } else {
            Text("This device tells you of new items and lower prices when it looks, a few times a day.")
          }
        }
        if session.capabilities?.canMail != false {
          Section {
            Toggle("Send mails too", isOn: $sendsMail)
            if sendsMail, session.capabilities?.hasAccount != true {
              TextField("E-mail address", text: $email).keyboardType(.emailAddress).textInputAutocapitalization(.never)
            }
          }
        }
        if let problem = session.saved?.problem { Text(problem.text).foregroundStyle(Color("Bad")) }
      }
      .navigationTitle("Tell me of new ones")
      .toolbar {
        ToolbarItem(placement: .cancellationAction) { Button("Cancel") { dismiss() } }
        ToolbarItem(placement: .confirmationAction) {
          Button("Save") { Task { await save() } }.disabled(name.isEmpty)
        }
      }
    }
  }

  private func save() async {
    let channels: [AlertChannel] = (session.getsPushes ? [.push] : []) + (sendsMail ? [.email] : [])
    let search = SavedSearchWrite(
      name: name, query: query, maxPrice: maxPrice, channels: channels,
      email: email.isEmpty ? nil : email)
    guard await session.saved?.save(search) != nil else { return }
    await AlertRefresh.askForPermission()
    dismiss()
  }
}
