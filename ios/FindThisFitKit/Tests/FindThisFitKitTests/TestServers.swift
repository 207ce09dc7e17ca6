import Foundation
import Testing

@testable import FindThisFitKit

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A photo of two garments.
struct PairOfGarments: Decodable, Sendable {
  let photo: String
  let boxes: [[Double]]  // left, top, right, bottom: of the more prominent garment, then of the other
}

/// The real servers of a run, which ios/test starts (ios/Tests/servers.py).
struct TestServers: Decodable, Sendable {
  let open: ServerAddress  // everybody may do everything; 60 drawn items, a detector, real photos where there are some
  let closed: ServerAddress  // asks who is there; 60 drawn items
  let key: String  // of the closed one, with all rights
  let email: String  // of a user of the closed one
  let password: String
  let photos: Int  // the number of real photos in the open one
  let photoFolder: String?
  let pair: PairOfGarments
  let quickPhotoFolder: String?  // photos of 512 pixels, which are in no server

  static let shared: TestServers? = {
    guard let path = ProcessInfo.processInfo.environment["FIT_TEST_SERVERS"],
      let data = FileManager.default.contents(atPath: path)
    else { return nil }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try? decoder.decode(TestServers.self, from: data)
  }()
}

/// Whether the servers are there. Suites without them are skipped with this text.
let hasServers = TestServers.shared != nil
let noServers: Comment = "FIT_TEST_SERVERS names no servers; ./dev test-ios starts them"

/// The servers of this run, in a suite that needs them.
func servers() throws -> TestServers { try #require(TestServers.shared) }

/// A client of the open server.
func openClient(_ options: ClientOptions = ClientOptions()) throws -> Client {
  Client(server: try servers().open, options: options)
}

/// A client of the closed server with the key of all rights, or with another credential.
func closedClient(_ credential: Credential? = nil, options: ClientOptions = ClientOptions()) async throws -> Client {
  let client = Client(server: try servers().closed, options: options)
  await client.use(try credential ?? .bearer(servers().key))
  return client
}

/// A folder for one test.
func temporaryFolder() -> URL {
  FileManager.default.temporaryDirectory.appending(path: "fit-kit-\(UUID().uuidString)")
}

/// The root of the clone.
let clone = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../..").standardized

/// A transport that fails as it is told to, and then passes requests on.
actor FlakyTransport: Transport {
  enum Failure: Sendable {
    case answer(HTTPAnswer)
    case noResponse
  }

  private var failures: [Failure]
  private(set) var requests = 0
  private let next: (any Transport)?

  init(_ failures: [Failure], next: (any Transport)? = SessionTransport()) {
    self.failures = failures
    self.next = next
  }

  func send(_ request: URLRequest, file: URL?, progress: UploadProgress?) async throws -> HTTPAnswer {
    requests += 1
    guard failures.isEmpty else {
      switch failures.removeFirst() {
      case .answer(let answer): return answer
      case .noResponse: throw ClientError.unreachable("told to")
      }
    }
    guard let next else { throw ClientError.unreachable("nothing behind it") }
    return try await next.send(request, file: file, progress: progress)
  }
}

/// Collects values from several threads.
final class Collected<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var found: [Value] = []

  var values: [Value] { lock.withLock { found } }
  func add(_ value: Value) { lock.withLock { found.append(value) } }
}
