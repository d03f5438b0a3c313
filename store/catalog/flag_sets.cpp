#include "store/catalog/flag_sets.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mailhold::store::catalog {
namespace {

constexpr char select_keywords[] = "SELECT folded, spelling FROM keyword";
constexpr char insert_keyword[] = "INSERT INTO keyword (folded, spelling) VALUES (?1, ?2)";
constexpr char select_flag_sets[] = "SELECT id, flags FROM flag_set ORDER BY id";
constexpr char insert_flag_set[] = "INSERT INTO flag_set (id, flags) VALUES (?1, ?2)";

// RFC 9051 2.3.2. \Recent belongs to a session, not to a message.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> system_flags{{
    {"\\answered", "\\Answered"},
    {"\\deleted", "\\Deleted"},
    {"\\draft", "\\Draft"},
    {"\\flagged", "\\Flagged"},
    {"\\recent", ""},
    {"\\seen", "\\Seen"},
}};

std::string lower(std::string_view text) {
    std::string folded(text);
    for (char& c : folded) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
}

}  // namespace

std::string join_words(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += ' ';
        text += word;
    }
    return text;
}

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (end > 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

std::optional<FlagSetId> FlagSets::find(const std::vector<std::string>& flags) {
    const auto text = canonical(flags, Strange::leave);
    const auto known = text ? ids_.find(*text) : ids_.end();
    return known == ids_.end() ? std::nullopt : std::optional(known->second);
}

FlagSetId FlagSets::intern(const std::vector<std::string>& flags) {
    const auto text = canonical(flags, Strange::learn).value();
    if (const auto known = ids_.find(text); known != ids_.end()) return known->second;
    const auto id = static_cast<FlagSetId>(ids_.size() + 1);
    connection_.run(insert_flag_set, id, text);
    remember(id, text);
    return id;
}

bool FlagSets::seen(FlagSetId id) {
    load();
    return seen_.at(number(id));
}

void FlagSets::forget() {
    loaded_ = false;
    spellings_.clear();
    ids_.clear();
    seen_.clear();
}

std::optional<std::string> FlagSets::canonical(const std::vector<std::string>& flags,
                                               Strange strange) {
    load();
    std::vector<std::string> spelled;
    for (const auto& flag : flags) {
        const auto folded = lower(flag);
        const auto* system =
            std::ranges::find(system_flags, folded, &decltype(system_flags)::value_type::first);
        if (system != system_flags.end()) {
            if (!system->second.empty()) spelled.emplace_back(system->second);
            continue;
        }
        auto known = spellings_.find(folded);
        if (known == spellings_.end()) {
            if (strange == Strange::leave) return std::nullopt;
            connection_.run(insert_keyword, folded, flag);
            known = spellings_.emplace(folded, flag).first;
        }
        spelled.push_back(known->second);
    }
    std::ranges::sort(spelled);
    spelled.erase(std::ranges::unique(spelled).begin(), spelled.end());
    return join_words(spelled);
}

void FlagSets::load() {
    if (loaded_) return;
    auto keywords = connection_.query(select_keywords);
    while (keywords.step())
        spellings_.emplace(keywords.get<std::string>(0), keywords.get<std::string>(1));
    auto sets = connection_.query(select_flag_sets);
    while (sets.step()) remember(sets.get<FlagSetId>(0), sets.get<std::string>(1));
    loaded_ = true;
}

void FlagSets::remember(FlagSetId id, const std::string& flags) {
    ids_.emplace(flags, id);
    seen_.resize(std::max<std::size_t>(seen_.size(), number(id) + 1));
    const auto words = split_words(flags);
    seen_[number(id)] = std::ranges::find(words, "\\Seen") != words.end();
}

}  // namespace mailhold::store::catalog
