import Foundation

/// What a person says of an item.
public enum FeedbackSignal: String, Codable, CaseIterable, Sendable {
  case like, dislike, save, click, buy, wear, hide
}

public struct FeedbackTarget: Codable, Hashable, Sendable {
  public let kind: String
  public let id: String
}

public struct Feedback: Codable, Hashable, Sendable, Identifiable {
  public let id: String
  public let target: FeedbackTarget
  public let signal: String
  public let givenAt: Date
}

struct FeedbackWrite: Codable, Sendable {
  let target: FeedbackTarget
  let signal: FeedbackSignal
}

struct FeedbackMerge: Codable, Sendable {
  let deviceId: String
}

struct FeedbackMerged: Codable, Sendable {
  let moved: Int
}
