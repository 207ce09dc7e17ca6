import FindThisFitKit
import Foundation

extension ErrorMessage {
  /// What is told to people.
  var text: String {
    switch self {
    case .unreachable: String(localized: "The server cannot be reached.")
    case .signIn: String(localized: "Sign in to search here.")
    case .notAllowed: String(localized: "You may not do this here.")
    case .notFound: String(localized: "This is not there any more.")
    case .codeNeeded: String(localized: "Enter the code of your authenticator app.")
    case .wrongSignIn: String(localized: "The address, the password or the code is wrong.")
    case .tooMany: String(localized: "Too many requests. Try again in a moment.")
    case .tooLarge: String(localized: "This photo is too large.")
    case .notAPhoto: String(localized: "This file cannot be read as a photo.")
    case .invalid: String(localized: "The server does not accept this.")
    case .server: String(localized: "Something went wrong on the server.")
    case .unreadable: String(localized: "This is no Find This Fit server, or a newer one.")
    }
  }
}

extension Match {
  var text: String {
    switch self {
    case .exact: String(localized: "Exact match")
    case .close: String(localized: "Very similar")
    }
  }
}

extension SearchResult {
  /// The price in the form of the device's region. Nil: there is none.
  var priceText: String? { formattedPrice(price, currency) }

  /// The title, otherwise what is seen of the item.
  var titleText: String {
    if !title.isEmpty { return title }
    return seen.isEmpty ? String(localized: "Untitled item") : seen
  }

  /// What VoiceOver says of a result.
  func spoken(_ match: Match?) -> String {
    [titleText, brand, priceText, size.map { String(localized: "Size \($0)") }, match?.text].compactMap { $0 }
      .joined(separator: ", ")
  }
}

func formattedPrice(_ price: Double?, _ currency: String?) -> String? {
  guard let price else { return nil }
  guard let currency else { return price.formatted(.number.precision(.fractionLength(0...2))) }
  return price.formatted(.currency(code: currency))
}

extension FilterName {
  var title: String {
    switch self {
    case .category: String(localized: "Category")
    case .subcategory: String(localized: "Type")
    case .primaryColor: String(localized: "Colour")
    case .brand: String(localized: "Brand")
    case .size: String(localized: "Size")
    case .pattern: String(localized: "Pattern")
    case .material: String(localized: "Material")
    case .style: String(localized: "Style")
    case .fit: String(localized: "Fit")
    case .neckline: String(localized: "Neckline")
    case .sleeveLength: String(localized: "Sleeves")
    case .garmentLength: String(localized: "Length")
    case .closure: String(localized: "Closure")
    case .season: String(localized: "Season")
    case .occasion: String(localized: "Occasion")
    case .gender: String(localized: "For")
    case .condition: String(localized: "Condition")
    case .secondaryColor: String(localized: "Second colour")
    case .source: String(localized: "Source")
    }
  }
}
