// The contract of store::Words, on every engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "store/catalogue.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using ::testing::ElementsAre;
using testing::Engine;
using ::testing::IsEmpty;
using testing::make_item;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class WordsContract : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no " << GetParam().name << " on this machine";
    reopen();
  }

  void reopen() {
    catalogue_.reset();
    auto opened = open_catalogue(GetParam().url(folder_), {.busy_timeout = std::chrono::minutes(1)});
    ASSERT_TRUE(opened) << opened.error().describe();
    catalogue_ = *std::move(opened);
  }

  static domain::ItemWrite listing(std::int64_t number, const std::string& title,
                                   const std::string& brand = "", const std::string& description = "") {
    domain::ItemWrite item = make_item(number);
    item.listing.title = title;
    item.listing.brand = brand;
    item.listing.description = description;
    item.content_hash = title + "\n" + brand + "\n" + description;
    return item;
  }

  ItemId add(std::int64_t number, const std::string& title, const std::string& brand = "",
             const std::string& description = "") {
    const domain::ItemWrite item = listing(number, title, brand, description);
    const auto outcomes = catalogue_->items().upsert(std::span(&item, 1));
    EXPECT_TRUE(outcomes) << outcomes.error().describe();
    return outcomes ? outcomes->front().id : ItemId{};
  }

  WordResults search(const WordQuery& query) {
    auto results = catalogue_->words().find(query);
    EXPECT_TRUE(results) << results.error().describe();
    return results.value_or(WordResults{});
  }

  std::vector<ItemId> find(std::vector<std::string> words) {
    std::vector<ItemId> ids;
    for (const WordHit& hit : search({.words = std::move(words), .among = {}}).hits) ids.push_back(hit.item);
    return ids;
  }

  // "from>to", in order.
  std::vector<std::string> correct(const std::vector<std::string>& words) {
    const auto corrections = catalogue_->words().correct(words);
    EXPECT_TRUE(corrections) << corrections.error().describe();
    std::vector<std::string> pairs;
    for (const WordCorrection& one : corrections.value_or(std::vector<WordCorrection>{}))
      pairs.push_back(one.from + ">" + one.to);
    return pairs;
  }

  TempDir folder_;
  std::unique_ptr<Catalogue> catalogue_;
};

TEST_P(WordsContract, FindsWordsInTitleBrandAndDescription) {
  const ItemId jacket = add(1, "Blue denim jacket", "Levi's");
  const ItemId dress = add(2, "Red dress", "Zara", "goes well with a denim jacket");
  const ItemId coat = add(3, "Winter Coat", "L\u00f6we");
  EXPECT_THAT(find({"denim"}), ElementsAre(jacket, dress));
  EXPECT_THAT(find({"DRESS"}), ElementsAre(dress));
  EXPECT_THAT(find({"lowe"}), ElementsAre(coat)) << "accents do not matter";
  EXPECT_THAT(find({"L\u00d6WE"}), ElementsAre(coat));
  EXPECT_THAT(find({"levi's"}), ElementsAre(jacket));
  EXPECT_THAT(find({"levis"}), ElementsAre(jacket));
  EXPECT_THAT(find({"nothing"}), IsEmpty());
  EXPECT_THAT(find({}), IsEmpty());
  EXPECT_THAT(find({"", " ", "..."}), IsEmpty());
}

TEST_P(WordsContract, RanksTitleBeforeBrandBeforeDescription) {
  const ItemId description = add(1, "something one", "someone", "supreme");
  const ItemId title = add(2, "supreme one", "someone", "something");
  const ItemId brand = add(3, "something one", "supreme", "someone");
  EXPECT_THAT(find({"supreme"}), ElementsAre(title, brand, description));
}

TEST_P(WordsContract, RanksRareWordsAndMoreWordsFirst) {
  for (int i = 0; i < 20; ++i) add(i, "plain shirt");
  const ItemId silk = add(20, "silk scarf");
  const ItemId both = add(21, "silk shirt");
  const auto hits = search({.words = {"silk", "shirt"}, .among = {}}).hits;
  ASSERT_THAT(hits, SizeIs(22));
  EXPECT_EQ(hits[0].item, both);
  EXPECT_EQ(hits[1].item, silk);
  EXPECT_DOUBLE_EQ(hits[0].matched, 1);
  EXPECT_LT(hits[1].matched, 1);
  EXPECT_GT(hits[1].matched, hits[2].matched);
  EXPECT_GT(hits[2].item, hits[3].item) << "equal ones: the later first";
}

TEST_P(WordsContract, FindsOtherNumbersAndBeginnings) {
  const ItemId jacket = add(1, "Denim jacket", "Patagonia");
  const ItemId dresses = add(2, "Summer dresses");
  EXPECT_THAT(find({"jackets"}), ElementsAre(jacket));
  EXPECT_THAT(find({"dress"}), ElementsAre(dresses));
  EXPECT_THAT(find({"patag"}), ElementsAre(jacket));
  EXPECT_THAT(find({"pa"}), IsEmpty()) << "too short to stand for what begins with it";
  const ItemId coat = add(3, "\u5927\u8863\u7ea2\u8272");
  EXPECT_THAT(find({"\u5927\u8863"}), ElementsAre(coat));
}

TEST_P(WordsContract, FindsWordsOfEveryScript) {
  const ItemId cyrillic = add(1, "\u041a\u0443\u0440\u0442\u043a\u0430 \u0441\u0438\u043d\u044f\u044f");
  const ItemId greek = add(2, "\u03a6\u03cc\u03c1\u03b5\u03bc\u03b1");
  const ItemId arabic = add(3, "\u0641\u0633\u062a\u0627\u0646 \u0623\u062d\u0645\u0631");
  const ItemId hindi = add(4, "\u0932\u093e\u0932 \u0938\u093e\u0921\u093c\u0940");
  const ItemId vietnamese = add(5, "\u00c1o d\u00e0i");
  const ItemId korean = add(6, "\ube68\uac04 \ub4dc\ub808\uc2a4");
  EXPECT_THAT(find({"\u041a\u0423\u0420\u0422\u041a\u0410"}), ElementsAre(cyrillic));
  EXPECT_THAT(find({"\u03c6\u03cc\u03c1\u03b5\u03bc\u03b1"}), ElementsAre(greek));
  EXPECT_THAT(find({"\u0623\u062d\u0645\u0631"}), ElementsAre(arabic));
  EXPECT_THAT(find({"\u0932\u093e\u0932"}), ElementsAre(hindi));
  EXPECT_THAT(find({"ao"}), ElementsAre(vietnamese));
  EXPECT_THAT(find({"\ube68\uac04"}), ElementsAre(korean));
}

TEST_P(WordsContract, FoldsLettersAlike) {
  const ItemId polish = add(1, "Bia\u0142a sukienka");
  const ItemId german = add(2, "Gro\u00dfe Gr\u00f6\u00dfen Mantel");
  const ItemId turkish = add(3, "I\u015eILTILI AB\u0130YE");
  const ItemId ligature = add(4, "O\ufb03cer coat");
  const ItemId wide = add(5, "\uff2e\uff29\uff2b\uff25\u30b9\u30cb\u30fc\u30ab\u30fc");
  const ItemId arabic = add(6, "\u0623\u062d\u0645\u0631 \u062d\u0630\u0627\u0621");
  EXPECT_THAT(find({"biala"}), ElementsAre(polish));
  EXPECT_THAT(find({"grosse"}), ElementsAre(german));
  EXPECT_THAT(find({"groessen"}), ElementsAre(german));
  EXPECT_THAT(find({"gr\u00f6\u00dfen"}), ElementsAre(german));
  EXPECT_THAT(find({"isiltili"}), ElementsAre(turkish));
  EXPECT_THAT(find({"abiye"}), ElementsAre(turkish));
  EXPECT_THAT(find({"officer"}), ElementsAre(ligature));
  EXPECT_THAT(find({"nike\u30b9\u30cb\u30fc\u30ab\u30fc"}), ElementsAre(wide));
  EXPECT_THAT(find({"\u0627\u062d\u0645\u0631"}), ElementsAre(arabic));
}

TEST_P(WordsContract, FindsNamesApartAndJoined) {
  const ItemId face = add(1, "Nuptse puffer", "The North Face");
  const ItemId arc = add(2, "Beta shell", "Arc'teryx");
  const ItemId ripstop = add(3, "Rip-stop cargo");
  const ItemId other = add(4, "Ripstop shorts");
  const ItemId number = add(5, "Bow slingback", "No. 21");
  const ItemId airmax = add(6, "Airmax 90");
  const ItemId trousers = add(7, "Jeanshose blau");
  const ItemId wall = add(8, "Hoodie", "A-COLD-WALL*");
  for (const std::string word : {"northface", "thenorthface"})
    EXPECT_THAT(find({word}), ElementsAre(face)) << word;
  EXPECT_THAT(find({"the", "northface"}), ElementsAre(face));
  EXPECT_THAT(find({"arcteryx"}), ElementsAre(arc));
  EXPECT_THAT(find({"arc", "teryx"}), ElementsAre(arc));
  EXPECT_THAT(find({"ripstop"}), UnorderedElementsAre(ripstop, other));
  EXPECT_THAT(find({"rip", "stop"}), UnorderedElementsAre(ripstop, other)) << "the words together";
  EXPECT_THAT(find({"rip-stop"}), UnorderedElementsAre(ripstop, other));
  EXPECT_THAT(find({"no21"}), ElementsAre(number));
  EXPECT_THAT(find({"air", "max"}), ElementsAre(airmax));
  EXPECT_THAT(find({"jeans", "hose"}), ElementsAre(trousers));
  EXPECT_THAT(find({"acoldwall"}), ElementsAre(wall));
  const std::vector<std::string> names = {"northface", "arcteryx", "no21", "puffer"};
  EXPECT_THAT(catalogue_->words().brands(names).value(),
              UnorderedElementsAre("northface", "arcteryx", "no21"));
}

TEST_P(WordsContract, FindsPartsOfCompoundsOfScriptsWithoutBlanks) {
  const ItemId denim = add(1, "\u30c7\u30cb\u30e0\u30b8\u30e3\u30b1\u30c3\u30c8");
  const ItemId bag = add(2, "\u5c0f\u5316\u5986\u5305");
  const ItemId thai =
      add(3, "\u0e40\u0e2a\u0e37\u0e49\u0e2d\u0e22\u0e37\u0e14\u0e2a\u0e35\u0e41\u0e14\u0e07");
  const ItemId korean = add(4, "\uccad\uc790\ucf13");
  EXPECT_THAT(find({"\u30b8\u30e3\u30b1\u30c3\u30c8"}), ElementsAre(denim));
  EXPECT_THAT(find({"\u5316\u5986\u5305"}), ElementsAre(bag));
  EXPECT_THAT(find({"\u5305"}), ElementsAre(bag));
  EXPECT_THAT(find({"\u0e2a\u0e35\u0e41\u0e14\u0e07"}), ElementsAre(thai));
  EXPECT_THAT(find({"\uc790\ucf13"}), ElementsAre(korean));
  EXPECT_THAT(find({"\u5927\u5305"}), IsEmpty());
}

TEST_P(WordsContract, FindsOtherFormsOfAStem) {
  const ItemId coat = add(1, "Kleid rot");
  const ItemId coats = add(2, "Kleider blau");
  EXPECT_THAT(find({"kleid"}), ElementsAre(coat, coats)) << "the word itself counts more";
  EXPECT_THAT(find({"kleider"}), ElementsAre(coats, coat));
  EXPECT_THAT(find({"kleides"}), UnorderedElementsAre(coat, coats));
  EXPECT_THAT(correct({"kleides"}), IsEmpty());
}

TEST_P(WordsContract, FindsSizes) {
  domain::ItemWrite runner = listing(1, "Runner");
  runner.listing.size = "EU 42";
  domain::ItemWrite jeans = listing(2, "Jeans");
  jeans.listing.size = "W32L34";
  const std::vector<domain::ItemWrite> batch = {runner, jeans};
  ASSERT_TRUE(catalogue_->items().upsert(batch));
  EXPECT_THAT(find({"eu", "42"}), SizeIs(1));
  EXPECT_THAT(find({"eu42"}), SizeIs(1));
  EXPECT_THAT(find({"w32", "l34"}), SizeIs(1));
  EXPECT_THAT(find({"l34"}), SizeIs(1));
}

TEST_P(WordsContract, TellsWhichWordsAnItemHasAndWhere) {
  add(1, "Plum cape", "Maker", "with a hood");
  const WordResults results = search({.words = {"cape", "hood", "zebra", "maker"}, .among = {}});
  ASSERT_THAT(results.hits, SizeIs(1));
  EXPECT_EQ(results.hits[0].found, 0b1011U);
  EXPECT_EQ(results.hits[0].named, 0b1001U);
  EXPECT_FALSE(results.words[2].is_known);
  EXPECT_TRUE(results.words[3].is_name);
  EXPECT_GT(results.unknown_weight, results.words[0].weight);
}

TEST_P(WordsContract, CountsPhrases) {
  add(1, "Pink Floyd shirt");
  add(2, "Floyd pink");
  EXPECT_EQ(catalogue_->words().count_phrase("pink floyd", 10).value(), 1);
  EXPECT_EQ(catalogue_->words().count_phrase("Floyd", 10).value(), 2);
  EXPECT_EQ(catalogue_->words().count_phrase("Floyd", 1).value(), 1);
  EXPECT_EQ(catalogue_->words().count_phrase("", 10).value(), 0);
}

// Items outside of the scope do not exist, whether the scope is a bitmap or a filter.
TEST_P(WordsContract, KnowsTheWordsOfItsScopeOnly) {
  const ItemId gazelle = add(1, "Gazelle shoes", "Adidas");
  const ItemId klein = add(2, "klein bottle of pink water", "Maker");
  add(3, "Gazette about shoes", "Klein");
  add(4, "Pink water superstar", "Gazelles");
  const auto bits = std::vector<std::uint64_t>{1U << gazelle.value | 1U << klein.value};
  const domain::ItemFilter filter{.any_of = {{"brand", {"adidas", "maker"}}}};
  std::vector<WordScope> scopes = {{.among = bits}};
  if (catalogue_->vector_search() != nullptr) scopes.push_back({.filter = &filter});
  for (const WordScope& scope : scopes) {
    Words& words = catalogue_->words();
    EXPECT_EQ(words.count_phrase("pink water", 10).value(), 2);
    EXPECT_EQ(words.count_phrase("pink water", 10, scope).value(), 1);
    EXPECT_EQ(words.count_phrase("gazette", 10, scope).value(), 0);

    const std::vector<std::string> mistyped = {"gazete", "superstra", "kelin", "gazelel"};
    const auto corrections = words.correct(mistyped, scope).value();
    ASSERT_THAT(corrections, SizeIs(2)) << "gazete is not near enough to gazelle";
    EXPECT_EQ(corrections[0].to, "klein");
    EXPECT_TRUE(corrections[0].is_certain) << "klein is no brand here";
    EXPECT_EQ(corrections[1].to, "gazelle");

    const WordResults results = search(
        {.words = {"gazelles", "klein", "shoes", "superstar", "gazet"}, .among = bits, .scope = scope});
    EXPECT_FALSE(results.words[0].is_name);
    EXPECT_FALSE(results.words[1].is_name);
    EXPECT_FALSE(results.words[3].is_known);
    EXPECT_FALSE(results.words[4].is_known) << "the longer word is another item's";
    const WordResults all = search({.words = {"gazelles", "klein", "superstar"}, .among = bits});
    EXPECT_TRUE(all.words[0].is_name);
    EXPECT_TRUE(all.words[1].is_name);
    EXPECT_TRUE(all.words[2].is_known);
    EXPECT_DOUBLE_EQ(results.words[1].weight, results.words[2].weight) << "each is in one of two items";
  }
}

TEST_P(WordsContract, IsNotCertainOfAnotherWordThatIsABrand) {
  add(1, "Sweater", "Klein");
  add(2, "Shoes", "Adidas");
  const std::vector<std::string> words = {"kleid", "kelin", "adidsa"};
  const auto corrections = catalogue_->words().correct(words).value();
  ASSERT_THAT(corrections, SizeIs(3));
  EXPECT_FALSE(corrections[0].is_certain) << "a German word";
  EXPECT_TRUE(corrections[1].is_certain) << "letters in the wrong order";
  EXPECT_TRUE(corrections[2].is_certain);
}

TEST_P(WordsContract, FollowsEveryWrite) {
  const ItemId id = add(1, "Blue jacket");
  add(2, "Green jacket");
  EXPECT_EQ(add(1, "Brown boots"), id);
  EXPECT_THAT(find({"blue"}), IsEmpty());
  EXPECT_THAT(find({"boots"}), ElementsAre(id));
  reopen();
  EXPECT_THAT(find({"boots"}), ElementsAre(id));
  ASSERT_TRUE(catalogue_->items().remove(id));
  EXPECT_THAT(find({"boots"}), IsEmpty());
  std::vector<domain::ItemWrite> batch = {listing(3, "boots"), listing(4, "boots")};
  batch[1].listing.status = "lost";
  ASSERT_FALSE(catalogue_->items().upsert(batch));
  EXPECT_THAT(find({"boots"}), IsEmpty());
}

TEST_P(WordsContract, CorrectsWordsThatNoItemHas) {
  add(1, "Running shoes", "Adidas");
  add(2, "Jacket", "Vans", "goretex");
  EXPECT_THAT(correct({"addidas", "jaket", "shoes"}), ElementsAre("addidas>adidas", "jaket>jacket"));
  EXPECT_THAT(correct({"daidas"}), ElementsAre("daidas>adidas")) << "the first two letters are swapped";
  EXPECT_THAT(correct({"RUNING"}), ElementsAre("RUNING>running"));
  EXPECT_THAT(correct({"adiads", "addiddas"}), ElementsAre("adiads>adidas", "addiddas>adidas"));
  EXPECT_THAT(correct({"jackxyt"}), IsEmpty()) << "two mistakes in a word of seven letters";
  EXPECT_THAT(correct({"vasn"}), ElementsAre("vasn>vans")) << "a brand of four letters";
  EXPECT_THAT(correct({"goretx"}), IsEmpty()) << "descriptions are not corrected to";
  EXPECT_THAT(correct({"goretex", "jackets", "jack"}), IsEmpty()) << "known, plural, beginning";
  EXPECT_THAT(correct({"van", "xx", "", "\"", "jak3t"}), IsEmpty());
}

TEST_P(WordsContract, CorrectsToTheCommonestOfTheNearest) {
  for (int i = 0; i < 3; ++i) add(i, "blazer");
  add(3, "blazed");
  EXPECT_THAT(correct({"blazet"}), ElementsAre("blazet>blazer"));
  for (int i = 4; i < 10; ++i) add(i, "blazed");
  EXPECT_THAT(correct({"blazet"}), ElementsAre("blazet>blazed"));
}

TEST_P(WordsContract, DoesNotCorrectToWhatIsGone) {
  const ItemId id = add(1, "blazer");
  ASSERT_TRUE(catalogue_->items().remove(id));
  EXPECT_THAT(correct({"blazr"}), IsEmpty());
}

TEST_P(WordsContract, FindsOnlyAmongTheGiven) {
  for (int i = 0; i < 50; ++i) add(i, "black shirt");
  const ItemId last = add(50, "black dress");
  EXPECT_THAT(search({.words = {"black"}, .limit = 7, .among = {}}).hits, SizeIs(7));
  const std::vector<std::uint64_t> only = {std::uint64_t{1} << last.value};
  ASSERT_LT(last.value, 64);
  ASSERT_THAT(search({.words = {"black"}, .limit = 7, .among = only}).hits, SizeIs(1));
  EXPECT_EQ(search({.words = {"black", "shirt"}, .limit = 7, .among = only}).hits.at(0).item, last);
  EXPECT_THAT(search({.words = {"black"}, .among = std::span<const std::uint64_t>()}).hits, IsEmpty());
}

TEST_P(WordsContract, ScoresTheSameAmongFewAsAmongAll) {
  const std::array<std::string, 6> words = {"red", "shirt", "shirts", "levi's", "shirt shirt", "wool"};
  std::mt19937 random(5);
  const auto some = [&](int most) {
    std::string text;
    for (std::size_t i = random() % static_cast<std::size_t>(most + 1); i > 0; --i)
      text += words[random() % words.size()] + " ";
    return text;
  };
  std::vector<domain::ItemWrite> batch;
  for (int i = 0; i < 300; ++i) batch.push_back(listing(i, some(4), some(1), some(9)));
  ASSERT_TRUE(catalogue_->items().upsert(batch));
  const std::vector<std::uint64_t> all(10, ~std::uint64_t{0});
  std::vector<std::uint64_t> odd(10, 0xAAAAAAAAAAAAAAAA);
  for (const std::vector<std::string>& some_words :
       std::vector<std::vector<std::string>>{{"red"}, {"shirt", "levis"}, {"wool", "red", "shirts"}}) {
    const auto hits = search({.words = some_words, .limit = 1000, .among = {}}).hits;
    const auto same = search({.words = some_words, .limit = 1000, .among = all}).hits;
    ASSERT_EQ(same.size(), hits.size());
    std::size_t odd_ones = 0;
    const auto half = search({.words = some_words, .limit = 1000, .among = odd}).hits;
    for (std::size_t i = 0; i < hits.size(); ++i) {
      EXPECT_EQ(same[i].item, hits[i].item);
      EXPECT_DOUBLE_EQ(same[i].score, hits[i].score);
      EXPECT_DOUBLE_EQ(same[i].matched, hits[i].matched);
      if (hits[i].item.value % 2 == 0) continue;
      ASSERT_LT(odd_ones, half.size());
      EXPECT_EQ(half[odd_ones].item, hits[i].item);
      EXPECT_DOUBLE_EQ(half[odd_ones++].score, hits[i].score);
    }
    EXPECT_EQ(half.size(), odd_ones);
  }
}

TEST_P(WordsContract, KnowsNames) {
  add(1, "blue jeans", "Levi's");
  add(2, "501 jeans");
  const auto words = search({.words = {"levis", "jeans", "501", "unknown"}, .among = {}}).words;
  ASSERT_THAT(words, SizeIs(4));
  EXPECT_TRUE(words[0].is_name);
  EXPECT_FALSE(words[1].is_name);
  EXPECT_TRUE(words[2].is_name);
  EXPECT_GT(words[2].weight, words[1].weight);
  EXPECT_EQ(words[3].weight, 0);
}

// The commonest words are not compared with each other in full; the answer must have all that it should.
TEST_P(WordsContract, FindsWordsOfVeryManyItems) {
  std::mt19937 random(3);
  std::vector<domain::ItemWrite> batch;
  for (int i = 0; i < 9000; ++i) {
    const bool in_title = i % 2 == 0;
    batch.push_back(listing(i, in_title ? "white shirt" : "blue coat", i == 4000 ? "Acme" : "Other",
                            in_title ? "" : "shirt " + std::to_string(random())));
  }
  ASSERT_TRUE(catalogue_->items().upsert(batch));
  const auto common = search({.words = {"shirt"}, .among = {}}).hits;
  ASSERT_THAT(common, SizeIs(200));
  for (const WordHit& hit : common) EXPECT_EQ(hit.item.value % 2, 1) << "in the title";
  EXPECT_EQ(search({.words = {"shirt", "acme"}, .among = {}}).hits.at(0).item.value, 4001);
  EXPECT_DOUBLE_EQ(search({.words = {"shirt", "white"}, .among = {}}).hits.at(199).matched, 1);
  std::vector<std::uint64_t> few(200);
  few[2] = 0xFF;
  EXPECT_THAT(search({.words = {"shirt"}, .among = few}).hits, SizeIs(8));
  EXPECT_THAT(search({.words = {"shirt", "white"}, .among = few}).hits, SizeIs(4))
      << "all items have the other";
}

TEST_P(WordsContract, TakesOrdersAsWords) {
  const ItemId id = add(1, "Red AND blue NOT NEAR shirt", "a\"b");
  const std::vector<std::string> orders = {
      "\"",           "\"\"",       "a\"b",  "*",  "^",  "+",       "-red",   "^red",   "OR",
      "NOT",          "NEAR(",      "(",     ")",  "{",  "{brand}", "'",      "';--",   "red\" OR \"blue",
      "\\",           "%",          "$1",    "?1", ":a", "\u200b",  "\ufffd", "\u0301", "\U0001F457",
      "\u5927\u8863", "\U0010FFFF", "\u00ad"};
  for (const std::string& word : orders) {
    EXPECT_TRUE(catalogue_->words().find({.words = {word}, .among = {}})) << word;
    EXPECT_TRUE(catalogue_->words().find({.words = {word, "red"}, .among = {}})) << word;
    EXPECT_TRUE(catalogue_->words().correct(std::span(&word, 1))) << word;
  }
  EXPECT_THAT(find({"AND", "near"}), ElementsAre(id));
  EXPECT_THAT(find({"title:coat"}), IsEmpty());
  EXPECT_THAT(find({"brand:red"}), ElementsAre(id)) << "two words";
  EXPECT_THAT(find({"red\" OR \"zzz"}), ElementsAre(id));
  for (const std::string& word : {std::string("a\0b", 3), std::string("\xFF")}) {
    const auto answer = catalogue_->words().find({.words = {word}, .among = {}});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(answer.error().field, "words");
    EXPECT_EQ(catalogue_->words().correct(std::span(&word, 1)).error().code, ErrorCode::kInvalid);
  }
}

TEST_P(WordsContract, HandlesLongTexts) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "word" + std::to_string(i) + " ";
  const ItemId id = add(1, text, "", text);
  EXPECT_THAT(find({"word9999"}), ElementsAre(id));
  std::vector<std::string> words(10'000, "nonsense");
  for (std::size_t i = 0; i < words.size(); ++i) words[i] += std::to_string(i);
  words[0] = "word1";
  EXPECT_THAT(find(words), ElementsAre(id));
  EXPECT_THAT(correct(words), IsEmpty());
  EXPECT_THAT(find({std::string(100'000, 'x')}), IsEmpty());
  EXPECT_THAT(correct({std::string(100'000, 'x')}), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, WordsContract, ::testing::ValuesIn(testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::store
