// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "FindThisFitKit",
  defaultLocalization: "en",
  platforms: [.iOS(.v18), .macOS(.v15)],
  products: [.library(name: "FindThisFitKit", targets: ["FindThisFitKit"])],
  targets: [
    .target(name: "FindThisFitKit"),
    .testTarget(name: "FindThisFitKitTests", dependencies: ["FindThisFitKit"]),
  ],
  swiftLanguageModes: [.v6]
)
