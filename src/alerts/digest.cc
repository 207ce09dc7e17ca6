#include "alerts/digest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ranges>

#include "base/format.h"
#include "base/text.h"
#include "text/html.h"

namespace fit::alerts {
namespace {

using text::escape_markup;

constexpr std::size_t kTitleBytes = 120;
constexpr std::size_t kPushTitleBytes = 200;
constexpr std::size_t kPushBodyBytes = 1'200;

std::string one_line(std::string_view text, std::size_t bytes) {
  std::string line(utf8_prefix(text, bytes));
  std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return std::string(trim(line));
}

std::string title_of(const domain::ItemRecord& item) {
  const std::string title = one_line(item.listing.title, kTitleBytes);
  return title.empty() ? "Item " + item.id.str() : title;
}

std::string details_of(const Find& find) {
  std::string details = price_text(find.alert.price, find.alert.currency);
  if (find.alert.old_price) {
    details += " (before: " + price_text(find.alert.old_price, find.alert.currency) + ")";
  }
  for (const std::string* const text : {&find.item.listing.brand, &find.item.listing.size}) {
    if (!text->empty()) details += (details.empty() ? "" : ", ") + one_line(*text, kTitleBytes);
  }
  return details;
}

std::string link_html(const std::string& url, std::string_view text) {
  return fit::format(R"(<a class="link" href="{}" style="color:#1a4d8f">{}</a>)", escape_markup(url),
                     escape_markup(text));
}

// The frame of a message. Mail programs differ in what they take of CSS, so the layout is tables, and styles
// are beside the elements. Each text has a colour with its background, so that programs which invert colours
// in the dark invert both; those that read <style> get a dark variant.
constexpr std::string_view kHtmlHead =
    "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
    "<meta name=\"color-scheme\" content=\"light dark\">"
    "<meta name=\"supported-color-schemes\" content=\"light dark\">"
    "<style>@media (prefers-color-scheme:dark){.page{background-color:#1a1a1a!important}"
    ".card{background-color:#262626!important}.text{color:#f2f2f2!important}.soft{color:#b8b8b8!important}"
    ".link{color:#9cc4ff!important}.rule{border-color:#444444!important}}</style>";

// `preview` is what lists of messages show beside the subject.
std::string html_begin(std::string_view title, std::string_view preview) {
  return std::string(kHtmlHead) +
         fit::format(
             "<title>{0}</title></head>"
             "<body class=\"page\" style=\"margin:0;padding:0;background-color:#f3f3f1\">"
             "<div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\">{1}</div>"
             "<table class=\"page\" role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
             "border=\"0\" style=\"background-color:#f3f3f1\"><tr><td align=\"center\" style=\"padding:16px "
             "8px\">"
             // Outlook knows no max-width.
             "<!--[if mso]><table role=\"presentation\" width=\"600\" cellpadding=\"0\" "
             "cellspacing=\"0\"><tr><td>"
             "<![endif]-->"
             "<table class=\"card\" role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
             "border=\"0\" style=\"max-width:600px;background-color:#ffffff;border-radius:8px\">"
             "<tr><td class=\"text\" style=\"padding:20px 20px 16px;font-family:Arial,Helvetica,sans-serif;"
             "font-size:20px;line-height:1.3;font-weight:bold;color:#222222;text-align:left;"
             "word-break:break-word\"><h1 "
             "style=\"margin:0;font-size:20px;line-height:1.3\">{0}</h1></td></tr>",
             escape_markup(title), escape_markup(preview));
}

constexpr std::string_view kHtmlEnd =
    "</table><!--[if mso]></td></tr></table><![endif]--></td></tr></table></body></html>\n";

// A row of the frame with small print.
std::string html_note(std::string_view markup) {
  return fit::format(
      "<tr><td class=\"soft rule\" style=\"padding:14px 20px 20px;border-top:1px solid #dddddd;"
      "font-family:Arial,Helvetica,sans-serif;font-size:12px;line-height:1.6;color:#5c5c5c;text-align:left;"
      "word-break:break-word\">{}</td></tr>",
      markup);
}

// A row of the frame with text.
std::string html_row(std::string_view markup) {
  return fit::format(
      "<tr><td class=\"text\" style=\"padding:0 20px "
      "18px;font-family:Arial,Helvetica,sans-serif;font-size:15px;"
      "line-height:1.45;color:#222222;text-align:left;word-break:break-word\">{}</td></tr>",
      markup);
}

// A row of the frame with a find: its picture, where there is one, and what it is.
std::string html_find(const Find& find, const std::string& url, bool has_image) {
  std::string image;
  if (has_image) {
    image = fit::format(
        "<td width=\"120\" valign=\"top\" style=\"width:120px;padding:0 16px 0 0\"><a href=\"{}\">"
        "<img src=\"cid:{}\" width=\"120\" alt=\"{}\" style=\"display:block;width:120px;max-width:120px;"
        "height:auto;border:0;border-radius:4px;font-size:12px;color:#5c5c5c\"></a></td>",
        escape_markup(url), Digest::image_name(find.item.id), escape_markup(title_of(find.item)));
  }
  const std::string details = details_of(find);
  return html_row(fit::format(
      "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>{}"
      "<td class=\"text\" valign=\"top\" style=\"font-family:Arial,Helvetica,sans-serif;font-size:15px;"
      "line-height:1.45;color:#222222;text-align:left;word-break:break-word\"><strong>{}</strong><br>{}<br>{}"
      "<span class=\"soft\" style=\"color:#5c5c5c;font-size:13px\">{}</span></td></tr></table>",
      image, event_title(find.alert.event), link_html(url, title_of(find.item)),
      details.empty() ? "" : escape_markup(details) + "<br>", escape_markup(find.search_name)));
}

}  // namespace

std::string_view event_title(Event event) {
  constexpr std::array<std::string_view, 3> kTitles = {"New", "Cheaper", "Back"};
  return kTitles.at(static_cast<std::size_t>(event));
}

std::string price_text(const std::optional<double>& price, const std::string& currency) {
  if (!price) return {};
  const bool is_whole = *price == std::floor(*price);
  return fit::format("{:.{}f}{}{}", *price, is_whole ? 0 : 2, currency.empty() ? "" : " ", currency);
}

Digest::Digest(std::vector<Find> finds, const AlertLinks& links, std::string id)
    : finds_(std::move(finds)), links_(links), id_(std::move(id)) {
  std::ranges::sort(finds_, [](const Find& a, const Find& b) { return a.alert.id > b.alert.id; });
}

std::string Digest::title() const {
  const Find& first = finds_.front();
  if (finds_.size() == 1) {
    const std::string price = price_text(first.alert.price, first.alert.currency);
    return fit::format("{}: {}{}{}", event_title(first.alert.event), title_of(first.item),
                       price.empty() ? "" : ", ", price);
  }
  const bool is_one_search =
      std::ranges::all_of(finds_, [&](const Find& one) { return one.search == first.search; });
  return is_one_search ? fit::format("{} finds for {}", finds_.size(), first.search_name)
                       : fit::format("{} finds for your saved searches", finds_.size());
}

std::string Digest::line(const Find& find) const {
  const std::string details = details_of(find);
  return fit::format("{}: {}{}{}\n{}\n", event_title(find.alert.event), title_of(find.item),
                     details.empty() ? "" : "\n", details, links_.listing_url(find.item));
}

std::string Digest::text_footer() const {
  std::string footer = "--\nYou get this message because you have saved a search.\n";
  std::vector<SavedSearchId> named;
  for (const Find& find : finds_) {
    if (std::ranges::contains(named, find.search)) continue;
    named.push_back(find.search);
    footer += fit::format("No more messages for \"{}\": {}\n", find.search_name,
                          links_.end_search_page(find.search));
  }
  return footer +
         fit::format("No more messages at all: {}\n", links_.end_all_page(finds_.front().alert.recipient));
}

std::string Digest::html_footer() const {
  std::string footer = "You get this message because you have saved a search.";
  std::vector<SavedSearchId> named;
  for (const Find& find : finds_) {
    if (std::ranges::contains(named, find.search)) continue;
    named.push_back(find.search);
    footer += "<br>" + link_html(links_.end_search_page(find.search),
                                 fit::format("No more messages for \"{}\"", find.search_name));
  }
  return html_note(footer + "<br>" +
                   link_html(links_.end_all_page(finds_.front().alert.recipient), "No more messages at all"));
}

std::string Digest::html(const std::vector<notify::InlineImage>& thumbnails) const {
  const Find& first = finds_.front();
  std::string html = html_begin(title(), finds_.size() == 1 ? details_of(first) : title_of(first.item));
  for (const Find& find : finds_ | std::views::take(kShownFinds)) {
    const bool has_image =
        std::ranges::contains(thumbnails, image_name(find.item.id), &notify::InlineImage::name);
    html += html_find(find, links_.listing_url(find.item), has_image);
  }
  if (finds_.size() > kShownFinds) {
    html +=
        html_row(link_html(links_.searches_page(), fit::format("and {} more", finds_.size() - kShownFinds)));
  }
  return html + html_footer() + std::string(kHtmlEnd);
}

notify::Mail Digest::mail(const std::string& to, std::vector<notify::InlineImage> thumbnails) const {
  const Find& first = finds_.front();
  std::string text;
  for (const Find& find : finds_ | std::views::take(kShownFinds)) text += line(find) + "\n";
  if (finds_.size() > kShownFinds) {
    text += fit::format("and {} more: {}\n\n", finds_.size() - kShownFinds, links_.searches_page());
  }
  const bool is_one_search =
      std::ranges::all_of(finds_, [&](const Find& one) { return one.search == first.search; });
  std::string markup = html(thumbnails);
  return {.to = to,
          .subject = title(),
          .body = text + text_footer(),
          .html = std::move(markup),
          .images = std::move(thumbnails),
          .unsubscribe_url =
              is_one_search ? links_.end_search_url(first.search) : links_.end_all_url(first.alert.recipient),
          .id = id_};
}

std::string Digest::short_body() const {
  std::string body;
  for (const Find& find : finds_ | std::views::take(3)) {
    body += (body.empty() ? "" : "\n") +
            (finds_.size() == 1 ? details_of(find) : title_of(find.item) + " " + details_of(find));
  }
  return std::string(utf8_prefix(body, kPushBodyBytes));
}

notify::ApnsMessage Digest::device_message() const {
  const Find& first = finds_.front();
  return {.title = std::string(utf8_prefix(title(), kPushTitleBytes)),
          .text = short_body(),
          .url = finds_.size() == 1 ? "findthisfit://items/" + first.item.id.str()
                                    : "findthisfit://saved-searches/" + first.search.str(),
          .id = id_};
}

std::string Digest::push_text() const {
  const Find& first = finds_.front();
  return dump_json({{"title", utf8_prefix(title(), kPushTitleBytes)},
                    {"body", short_body()},
                    {"url", finds_.size() == 1 ? links_.item_page(first.item.id) : links_.searches_page()},
                    {"tag", id_}});
}

std::string Digest::webhook_text() const {
  const auto price = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  Json alerts = Json::array();
  for (const Find& find : finds_) {
    const domain::Listing& listing = find.item.listing;
    alerts.push_back({{"id", find.alert.id.str()},
                      {"event", to_string(find.alert.event)},
                      {"created_at", to_rfc3339(find.alert.created_at)},
                      {"saved_search", {{"id", find.search.str()}, {"name", find.search_name}}},
                      {"price", price(find.alert.price)},
                      {"old_price", price(find.alert.old_price)},
                      {"currency", find.alert.currency},
                      {"item",
                       {{"id", find.item.id.str()},
                        {"source", listing.source},
                        {"external_id", listing.external_id},
                        {"title", listing.title},
                        {"brand", listing.brand},
                        {"size", listing.size},
                        {"url", listing.url},
                        {"page", links_.item_page(find.item.id)}}}});
  }
  return dump_json({{"type", "alerts"}, {"id", id_}, {"alerts", std::move(alerts)}});
}

notify::NtfyMessage Digest::ntfy(const std::string& topic_url) const {
  std::string text;
  for (const Find& find : finds_ | std::views::take(10)) text += line(find);
  return {.topic_url = topic_url,
          .title = title(),
          .text = std::move(text),
          .click_url = finds_.size() == 1 ? links_.listing_url(finds_.front().item) : links_.searches_page()};
}

notify::Mail confirmation_mail(const std::string& to, RecipientId recipient, const AlertLinks& links,
                               Timestamp time) {
  const std::string url = links.confirm_page(recipient, time);
  const std::string_view subject = "Confirm your alerts";
  return {
      .to = to,
      .subject = std::string(subject),
      .body = fit::format(
          "Hello,\n\nSomebody has saved a search on Find This Fit and wants to get its finds at this "
          "address. If that was you, confirm it with this link, which works for 7 days:\n\n{}\n\nIf it was "
          "not you, ignore this message; you get no other.\n",
          url),
      .html = html_begin(subject, "The link works for 7 days") +
              html_row("Somebody has saved a search on Find This Fit and wants to get its finds at this "
                       "address. If that was you, confirm it. The link works for 7 days.") +
              html_row(link_html(url, "Confirm this address")) +
              html_note("If it was not you, ignore this message; you get no other.") + std::string(kHtmlEnd)};
}

notify::Mail test_mail(const std::string& to, RecipientId recipient, const AlertLinks& links) {
  const std::string url = links.end_all_page(recipient);
  const std::string_view subject = "Alerts reach you";
  const std::string_view text =
      "This is the test message that you have asked for. Alerts of your saved searches reach you here.";
  return {.to = to,
          .subject = std::string(subject),
          .body = fit::format("Hello,\n\n{}\n\n--\nNo more messages at all: {}\n", text, url),
          .html = html_begin(subject, "A test message") + html_row(fit::format("Hello,<br><br>{}", text)) +
                  html_note(link_html(url, "No more messages at all")) + std::string(kHtmlEnd),
          .unsubscribe_url = links.end_all_url(recipient)};
}

std::string atom_feed(const SavedSearch& search, const std::vector<Find>& finds, const AlertLinks& links) {
  const Timestamp updated = finds.empty() ? search.created_at : finds.front().alert.created_at;
  const std::string self = escape_markup(links.feed_url(search));
  std::string feed = fit::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed "
      "xmlns=\"http://www.w3.org/2005/Atom\">\n<title>{}</title>\n"
      "<id>urn:find-this-fit:{}:saved-search:{}</id>\n<updated>{}</updated>\n<link rel=\"self\" "
      "href=\"{}\"/>\n"
      "<author><name>Find This Fit</name></author>\n",
      escape_markup(search.options.name), escape_markup(links.tenant()), search.id.str(), to_rfc3339(updated),
      self);
  for (const Find& find : finds) {
    feed += fit::format(
        "<entry>\n<title>{}: {}</title>\n<id>urn:find-this-fit:{}:alert:{}</id>\n<updated>{}</updated>\n"
        "<link href=\"{}\"/>\n<category term=\"{}\"/>\n<summary>{}</summary>\n</entry>\n",
        event_title(find.alert.event), escape_markup(title_of(find.item)), escape_markup(links.tenant()),
        find.alert.id.str(), to_rfc3339(find.alert.created_at), escape_markup(links.listing_url(find.item)),
        to_string(find.alert.event), escape_markup(details_of(find)));
  }
  return feed + "</feed>\n";
}

}  // namespace fit::alerts
