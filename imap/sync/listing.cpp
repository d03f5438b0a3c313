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

// The rule that leaves the mailbox out, in words; empty: none.
std::string rule_against(const Rules& rules, const std::string& name,
                         const std::string& separator) {
    for (const auto& pattern : rules.exclude)
        if (matches(pattern, readable(name), separator)) return "exclude " + pattern;
    const auto owner = whose(rules.namespaces, name);
    if (owner == Whose::other_user && !rules.other_users) return "other_users = false";
    if (owner == Whose::shared && !rules.shared) return "shared = false";
    return {};
}

}  // namespace

Whose whose(const wire::NamespaceData& namespaces, std::string_view name) {
    auto owner = Whose::own;
    std::size_t longest = 0;
    const auto look = [&](const auto& list, Whose candidate) {
        for (const auto& [prefix, separator] : list) {
            // "Shared" itself stands under "Shared/".
            const bool within = name.starts_with(prefix) || std::string(name) + separator == prefix;
            if (!within || prefix.size() < longest) continue;
            owner = candidate;
            longest = prefix.size();
        }
    };
    if (name == "INBOX") return owner;
    look(namespaces.shared, Whose::shared);
    look(namespaces.other_users, Whose::other_user);
    look(namespaces.personal, Whose::own);
    return owner;
}

bool matches(std::string_view pattern, std::string_view name, std::string_view separator) {
    if (upper(name) == "INBOX") return matches_exactly(upper(pattern), "INBOX", separator);
    return matches_exactly(pattern, name, separator);
}

Result<ListingPlan> plan_listing(const std::string& account,
                                 const std::vector<wire::ListData>& shown, const Recorded& recorded,
                                 const Rules& rules) {
    std::map<std::string, const store::MailboxListed*> before;
    for (const auto& listed : recorded.listed) before.emplace(listed.mailbox, &listed);

    ListingPlan plan;
    std::set<std::string> seen, left_out;
    bool seen_inbox = false;
    for (const auto& one : shown) {
        const auto name = name_of(one);
        seen_inbox = seen_inbox || name == "INBOX";
        // RFC 5258 3.1: \NonExistent is a name that only has children.
        if (name.empty() || !seen.insert(name).second || has_attribute(one, "\\NONEXISTENT"))
            continue;
        if (const auto rule = rule_against(rules, name, one.separator); !rule.empty()) {
            store::Excluded fact{account, name, rule};
            if (std::ranges::find(recorded.excluded, fact) == recorded.excluded.end())
                plan.facts.emplace_back(fact);
            left_out.insert(name);
            continue;
        }
        const store::MailboxListed fact{account, name, one.separator, one.attributes};
        const auto known = before.find(name);
        if (known == before.end() || *known->second != fact) plan.facts.emplace_back(fact);
        if (has_attribute(one, "\\NOSELECT")) continue;
        plan.mirror.push_back(name);
        if (has_attribute(one, "\\ALL") && plan.all_mail.empty()) plan.all_mail = name;
        if (has_attribute(one, "\\JUNK") || has_attribute(one, "\\TRASH")) plan.apart.insert(name);
    }
    for (const auto& [name, listed] : before) {
        if (!seen.contains(name) || left_out.contains(name))
            plan.facts.emplace_back(store::MailboxGone{account, name});
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
