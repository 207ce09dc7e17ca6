import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

extension Client {
  /// The columns that are counted for the filters.
  static let facets = FilterName.allCases.map(\.rawValue) + ["price"]

  /// A page of results. The photo is sent as a file, with progress; further pages need it again. `cursor` is that of the
  /// page before, of the same query. Facets come with the first page. A server that finds no garments searches with the
  /// whole photo where its most prominent garment is asked for.
  public func search(
    _ query: SearchQuery, cursor: String? = nil, limit: Int = SearchQuery.pageSize, progress: UploadProgress? = nil
  ) async throws -> SearchResponse {
    if query.photo != nil {
      do {
        return try await send(upload(query, cursor: cursor, limit: limit), progress)
      } catch ClientError.problem(let problem) where query.part == .mostProminent && problem.field == "detect" {
        return try await send(upload(query.ofWholePhoto, cursor: cursor, limit: limit), progress)
      }
    }
    let fields = SearchFields(query: query, limit: limit, cursor: cursor, facets: cursor == nil ? Client.facets : nil)
    var endpoint = try Endpoint.send("POST", "/api/v1/search", fields, isRepeatable: true)
    endpoint.namesDevice = query.usesTaste
    return try await call(endpoint)
  }

  /// The first page of a search by photo as a request and the file that is its body, which the caller removes.
  func searchUpload(_ query: SearchQuery) throws -> (request: URLRequest, file: URL, contentType: String) {
    let endpoint = try upload(query, cursor: nil, limit: SearchQuery.pageSize)
    guard let file = endpoint.file else { throw ClientError.badAddress }
    return (try request(of: endpoint), file, endpoint.contentType)
  }

  /// The request of a search by photo whose body is there already.
  func searchRequest(_ query: SearchQuery, contentType: String) throws -> URLRequest {
    var request = try request(of: Client.searchEndpoint(query, file: nil, contentType: contentType))
    request.setValue(contentType, forHTTPHeaderField: "Content-Type")
    return request
  }

  private func upload(_ query: SearchQuery, cursor: String?, limit: Int) throws -> Endpoint {
    let fields = SearchFields(query: query, limit: limit, cursor: cursor, facets: cursor == nil ? Client.facets : nil)
    let form = MultipartForm(fields: try fields.formFields(), photo: query.photo)
    return Client.searchEndpoint(query, file: try form.write(), contentType: form.contentType)
  }

  private static func searchEndpoint(_ query: SearchQuery, file: URL?, contentType: String) -> Endpoint {
    Endpoint(
      method: "POST", path: "/api/v1/search", file: file, contentType: contentType, namesDevice: query.usesTaste)
  }

  /// The garments in a photo, with their places in it. A server that finds none refuses it (`Capabilities.canDetect`).
  public func detect(_ photo: Photo) async throws -> Detection {
    let form = MultipartForm(photo: photo)
    return try await send(
      Endpoint(method: "POST", path: "/api/v1/detect", file: try form.write(), contentType: form.contentType))
  }

  /// Sends a form and removes its file.
  private func send<T: Decodable>(_ form: Endpoint, _ progress: UploadProgress? = nil) async throws -> T {
    defer { form.file.map { try? FileManager.default.removeItem(at: $0) } }
    return try await call(form, progress: progress)
  }

  /// A page of the catalogue, the latest items first.
  public func browse(_ filters: Filters, cursor: String? = nil, limit: Int = SearchQuery.pageSize) async throws
    -> ItemList
  {
    let encoder = APICoding.encoder()
    return try await call(
      .get(
        "/api/v1/items",
        [
          "filters": filters.isEmpty ? nil : String(decoding: encoder.encode(filters), as: UTF8.self),
          "facets": cursor == nil ? String(decoding: encoder.encode(Client.facets), as: UTF8.self) : nil,
          "limit": "\(limit)",
          "cursor": cursor,
        ]))
  }

  public func item(_ id: String) async throws -> Item { try await call(.get("/api/v1/items/\(id)")) }

  public func history(of id: String) async throws -> ItemHistory { try await call(.get("/api/v1/items/\(id)/history")) }
}
