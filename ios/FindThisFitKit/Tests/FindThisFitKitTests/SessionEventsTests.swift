import Foundation
import Testing

@testable import FindThisFitKit

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// How a session answers challenges and redirections, whoever listens to it.
@Suite struct SessionEventsTests {
  struct Refusal: ServerTrust {
    func decide(_ challenge: URLAuthenticationChallenge) -> (URLSession.AuthChallengeDisposition, URLCredential?) {
      (.cancelAuthenticationChallenge, nil)
    }
  }

  final class Sender: NSObject, URLAuthenticationChallengeSender {
    func use(_ credential: URLCredential, for challenge: URLAuthenticationChallenge) {}
    func continueWithoutCredential(for challenge: URLAuthenticationChallenge) {}
    func cancel(_ challenge: URLAuthenticationChallenge) {}
    func performDefaultHandling(for challenge: URLAuthenticationChallenge) {}
    func rejectProtectionSpaceAndContinue(with challenge: URLAuthenticationChallenge) {}
  }

  let challenge = URLAuthenticationChallenge(
    protectionSpace: URLProtectionSpace(
      host: "fit.example", port: 443, protocol: "https", realm: nil, authenticationMethod: nil),
    proposedCredential: nil, previousFailureCount: 0, failureResponse: nil, error: nil, sender: Sender())

  func disposition(_ events: SessionEvents) -> URLSession.AuthChallengeDisposition? {
    let found = Collected<URLSession.AuthChallengeDisposition>()
    events.urlSession(.shared, didReceive: challenge) { disposition, _ in found.add(disposition) }
    return found.values.first
  }

  @Test func theOwnerOfTheServerJudgesCertificates() {
    let events = SessionEvents(BackgroundEndings(), trust: nil)
    #expect(disposition(events) == .performDefaultHandling)
    events.use(Refusal())
    #expect(disposition(events) == .cancelAuthenticationChallenge)
    #expect(disposition(SessionEvents(BackgroundEndings(), trust: Refusal())) == .cancelAuthenticationChallenge)
  }

  @Test func credentialsAndRedirectionsAreNoBusinessOfTheSession() throws {
    let events = SessionEvents(BackgroundEndings(), trust: Refusal())
    let url = try #require(URL(string: "https://fit.example/"))
    let task = URLSession.shared.dataTask(with: url)
    let answers = Collected<URLSession.AuthChallengeDisposition>()
    events.urlSession(.shared, task: task, didReceive: challenge) { disposition, _ in answers.add(disposition) }
    #expect(answers.values == [.rejectProtectionSpace])
    let followed = Collected<Bool>()
    let moved = try #require(HTTPURLResponse(url: url, statusCode: 302, httpVersion: nil, headerFields: nil))
    events.urlSession(.shared, task: task, willPerformHTTPRedirection: moved, newRequest: URLRequest(url: url)) {
      followed.add($0 != nil)
    }
    #expect(followed.values == [false])
  }

  @Test func certificatesOfFiles() throws {
    let der = Data([0x30, 0x82, 0xFF, 0x01])
    #expect(CertificateFile.der(der) == der)
    let pem = """
      Our authority
      -----BEGIN CERTIFICATE-----\r
      MIL/\r
      AQ==\r
      -----END CERTIFICATE-----
      """
    #expect(CertificateFile.der(Data(pem.utf8)) == der)
    #expect(CertificateFile.der(Data("no certificate".utf8)) == nil)
    #expect(CertificateFile.der(Data("-----BEGIN CERTIFICATE-----\n??\n-----END CERTIFICATE-----".utf8)) == nil)
    #expect(CertificateFile.der(Data("-----BEGIN CERTIFICATE-----\nMIL/".utf8)) == nil)
  }
}
