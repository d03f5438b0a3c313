// The mailbox list: rules, differences, order.
#include "imap/sync/listing.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <utility>

#include "imap/sync/names.hpp"

namespace mailhold::imap::sync {
namespace {

std::string upper(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return result;
}

bool has_attribute(const wire::ListData& shown, std::string_view attribute) {
    return std::ranges::any_of(shown.attributes,
                               [&](const std::string& one) { return upper(one) == attribute; });
}

// Linear in name times wildcards: the last "*" passed is the only one worth going back to, unless a
// "%" came after it.
bool matches_exactly(std::string_view pattern, std::string_view name, std::string_view separator) {
    // reached[j]: pattern so far matches the first j octets of the name.
    std::vector<char> reached(name.size() + 1, 0);
    reached[0] = 1;
    for (const char wanted : pattern) {
        std::vector<char> next(name.size() + 1, 0);
        for (std::size_t j = 0; j <= name.size(); ++j) {
            if (wanted == '*' || wanted == '%') {
                const bool crosses = j > 0 && wanted == '%' && separator == name.substr(j - 1, 1);
                next[j] = static_cast<char>(reached[j] || (j > 0 && next[j - 1] && !crosses));
            } else {
                next[j] = static_cast<char>(j > 0 && reached[j - 1] && name[j - 1] == wanted);
            }
        }
        reached = std::move(next);
    }
    return reached[name.size()] != 0;
}

}  // namespace

bool matches(std::string_view pattern, std::string_view name, std::string_view separator) {
    if (upper(name) == "INBOX") return matches_exactly(upper(pattern), "INBOX", separator);
    return matches_exactly(pattern, name, separator);
}

Result<ListingPlan> plan_listing(const std::string& account,
                                 const std::vector<wire::ListData>& shown, const Recorded& recorded,
                                 const std::vector<std::string>& exclude) {
    std::map<std::string, const store::MailboxListed*> before;
    for (const auto& listed : recorded.listed) before.emplace(listed.mailbox, &listed);

    ListingPlan plan;
    std::set<std::string> seen;
    bool seen_inbox = false;
    for (const auto& one : shown) {
        const auto name = name_of(one);
        seen_inbox = seen_inbox || name == "INBOX";
        // RFC 5258 3.1: \NonExistent is a name that only has children.
        if (name.empty() || !seen.insert(name).second || has_attribute(one, "\\NONEXISTENT"))
            continue;
        const auto rule = std::ranges::find_if(exclude, [&](const std::string& pattern) {
            return matches(pattern, readable(name), one.separator);
        });
        if (rule != exclude.end()) {
            store::Excluded fact{account, name, "exclude " + *rule};
            if (std::ranges::find(recorded.excluded, fact) == recorded.excluded.end())
                plan.facts.emplace_back(fact);
            continue;
        }
        const store::MailboxListed fact{account, name, one.separator, one.attributes};
        const auto known = before.find(name);
        if (known == before.end() || *known->second != fact) plan.facts.emplace_back(fact);
        if (!has_attribute(one, "\\NOSELECT")) plan.mirror.push_back(name);
    }
    for (const auto& [name, listed] : before) {
        if (!seen.contains(name)) plan.facts.emplace_back(store::MailboxGone{account, name});
    }
    if (shown.empty()) return fail(Errc::protocol, "LIST: the server lists nothing");
    const bool had_inbox = before.contains("INBOX") ||
                           std::ranges::find(recorded.excluded, "INBOX",
                                             &store::Excluded::mailbox) != recorded.excluded.end();
    if (had_inbox && !seen_inbox)
        return fail(Errc::protocol, "LIST: the server does not list INBOX any more");
    const auto inbox = std::ranges::find(plan.mirror, "INBOX");
    if (inbox != plan.mirror.end()) std::rotate(plan.mirror.begin(), inbox, inbox + 1);
    return plan;
}

}  // namespace mailhold::imap::sync
