// mailhold report completeness: what became of every UID that the origins ever showed.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "api/cli/commands.hpp"
#include "api/cli/format.hpp"
#include "api/cli/place.hpp"
#include "store/archive.hpp"

namespace mailhold::cli {
namespace {

namespace json = boost::json;

struct Sums {
    std::uint64_t shown = 0, archived = 0, duplicates = 0, quarantined = 0, lost = 0,
                  unaccounted = 0;
};

Sums sums_of(const store::Completeness& all) {
    Sums sums;
    for (const auto& one : all.generations) {
        sums.shown += one.shown();
        sums.archived += one.archived;
        sums.duplicates += one.duplicates;
        sums.quarantined += one.quarantined;
        sums.lost += one.lost;
        sums.unaccounted += one.unaccounted.size();
    }
    return sums;
}

// As IMAP writes them (RFC 3501 9): "3:7,9".
std::string set_text(const std::vector<Uid>& uids) {
    std::string text;
    for (std::size_t i = 0; i < uids.size();) {
        auto end = i + 1;
        while (end < uids.size() && number(uids[end]) == number(uids[end - 1]) + 1) ++end;
        if (!text.empty()) text += ',';
        text += std::to_string(number(uids[i]));
        if (end - i > 1) text += fmt::format(":{}", number(uids[end - 1]));
        i = end;
    }
    return text;
}

void print_row(const std::string& place, const std::string& uidvalidity, const Sums& sums) {
    fmt::print("{:<40} {:>11} {:>10} {:>10} {:>10} {:>11} {:>6} {:>11}\n", place, uidvalidity,
               grouped(sums.shown), grouped(sums.archived), grouped(sums.duplicates),
               grouped(sums.quarantined), grouped(sums.lost), grouped(sums.unaccounted));
}

void print_text(const store::Completeness& all, const Sums& sums) {
    fmt::print("{:<40} {:>11} {:>10} {:>10} {:>10} {:>11} {:>6} {:>11}\n", "Mailbox", "UIDVALIDITY",
               "Shown", "Archived", "Same bytes", "Quarantined", "Lost", "Unaccounted");
    for (const auto& one : all.generations) {
        const auto place = printable(
            one.generation.account + "/" + one.generation.mailbox + (one.current ? "" : " (past)"),
            Lines::join);
        print_row(shortened(place, 40), std::to_string(number(one.generation.uidvalidity)),
                  {one.shown(), one.archived, one.duplicates, one.quarantined, one.lost,
                   one.unaccounted.size()});
        if (!one.unaccounted.empty())
            fmt::print("    still to be fetched: UID {}\n",
                       shortened(set_text(one.unaccounted), 120));
    }
    print_row("Together", "", sums);
    for (const auto& one : all.excluded)
        fmt::print("{}: left out by the rule \"{}\"\n",
                   printable(one.account + "/" + one.mailbox, Lines::join),
                   printable(one.rule, Lines::join));
    fmt::print("{}\n", sums.unaccounted == 0
                           ? "Every UID that was shown is accounted for."
                           : fmt::format("{} UIDs are still unaccounted.", sums.unaccounted));
}

json::object counts(const Sums& sums) {
    return {{"shown", sums.shown},
            {"archived", sums.archived},
            {"duplicates", sums.duplicates},
            {"quarantined", sums.quarantined},
            {"lost", sums.lost},
            {"unaccounted", sums.unaccounted}};
}

// Names are bytes; where they are not UTF-8 JSON cannot hold them as they are.
std::string name_text(std::string_view name) {
    return printable(name, Lines::join);
}

void print_json(const store::Completeness& all, const Sums& sums) {
    json::array generations;
    for (const auto& one : all.generations) {
        auto object = counts({one.shown(), one.archived, one.duplicates, one.quarantined, one.lost,
                              one.unaccounted.size()});
        object["account"] = name_text(one.generation.account);
        object["mailbox"] = name_text(one.generation.mailbox);
        object["uidvalidity"] = number(one.generation.uidvalidity);
        object["current"] = one.current;
        object["unaccounted_uids"] = set_text(one.unaccounted);
        generations.push_back(std::move(object));
    }
    json::array excluded;
    for (const auto& one : all.excluded)
        excluded.push_back({{"account", name_text(one.account)},
                            {"mailbox", name_text(one.mailbox)},
                            {"rule", name_text(one.rule)}});
    fmt::print("{}\n", json::serialize(json::object{{"complete", sums.unaccounted == 0},
                                                    {"together", counts(sums)},
                                                    {"generations", std::move(generations)},
                                                    {"excluded", std::move(excluded)}}));
}

}  // namespace

Result<int> report_completeness(const ReportOptions& options) {
    auto data = data_folder(options.place);
    if (!data) return std::unexpected(data.error());
    auto archive = store::ArchiveReader::open(*data);
    if (!archive) return std::unexpected(archive.error());
    const auto all = (*archive)->completeness();
    if (!all) return std::unexpected(all.error());
    const auto sums = sums_of(*all);
    options.output == Output::json ? print_json(*all, sums) : print_text(*all, sums);
    return sums.unaccounted == 0 ? success : difference;
}

}  // namespace mailhold::cli
