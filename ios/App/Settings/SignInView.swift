import FindThisFitKit
import SwiftUI

/// Signs in with an address, a password and, where the server asks for it, a code.
struct SignInView: View {
  @Environment(AppSession.self) private var session
  @Environment(\.dismiss) private var dismiss
  @State private var email = ""
  @State private var password = ""
  @State private var code = ""
  @State private var asksForCode = false
  @State private var isBusy = false
  @State private var problem: ErrorMessage?

  var body: some View {
    NavigationStack {
      Form {
        TextField("E-mail address", text: $email)
          .textContentType(.username)
          .keyboardType(.emailAddress)
          .textInputAutocapitalization(.never)
          .autocorrectionDisabled()
        SecureField("Password", text: $password).textContentType(.password)
        if asksForCode {
          TextField("Code", text: $code).textContentType(.oneTimeCode).keyboardType(.numberPad)
        }
        if let problem { Text(problem.text).foregroundStyle(Color("Bad")) }
      }
      .navigationTitle("Sign in")
      .toolbar {
        ToolbarItem(placement: .cancellationAction) { Button("Cancel") { dismiss() } }
        ToolbarItem(placement: .confirmationAction) {
          Button("Sign in") { Task { await signIn() } }.disabled(email.isEmpty || password.isEmpty || isBusy)
        }
      }
    }
  }

  private func signIn() async {
    isBusy = true
    defer { isBusy = false }
    problem = await session.signIn(email: email, password: password, code: code.isEmpty ? nil : code)
    if problem == .codeNeeded { asksForCode = true }
    if problem == nil { dismiss() }
  }
}
