// mailhold search: what a query finds, newest first, on a terminal with where it was found.
#include <fmt/format.h>

#include <cstdio>

#include "api/cli/commands.hpp"
#include "api/cli/format.hpp"
#include "api/cli/on_record.hpp"
#include "api/cli/place.hpp"
#include "api/cli/selection.hpp"
#include "api/cli/terminal.hpp"
#include "api/cli/wiring.hpp"
#include "api/http/search.hpp"

namespace mailhold::cli {
namespace {

void print_snippet(const std::vector<indexer::query::Piece>& snippet) {
    std::string line;
    for (const auto& piece : snippet) {
        const auto text = printable(piece.text, Lines::join);
        line += piece.hit ? fmt::format("\x1b[1m{}\x1b[0m", text) : text;
    }
    if (!line.empty()) fmt::print("{:10}{}\n", "", line);
}

void print_text(const http::SearchPage& page) {
    const bool on_terminal = is_terminal(stdout);
    for (const auto& message : page.messages) {
        fmt::print("{:>8}  {}  {}  {:<24}  {}\n", number(message.number), short_id(message.digest),
                   date_text(message.date), shortened(printable(message.from, Lines::join), 24),
                   printable(message.subject, Lines::join));
        if (on_terminal) print_snippet(message.snippet);
    }
    if (page.messages.size() < page.found)
        fmt::print("{} of {} shown; --limit shows more\n", page.messages.size(), page.found);
    else
        fmt::print("{} found\n", page.found);
}

}  // namespace

Result<int> search(const SearchOptions& options) {
    auto data = data_folder(options.place);
    if (!data) return std::unexpected(data.error());
    auto archive = store::ArchiveReader::open(*data);
    if (!archive) return std::unexpected(archive.error());
    if (auto noted =
            put_on_record(options.place, *data, store::Accessed::What::search, options.query);
        !noted)
        return std::unexpected(noted.error());
    indexer::extract::Pool attachments(to_pool_options(options.place));
    const indexer::pipeline::Searcher searcher(**archive, {attachments.extractor(), true});
    const auto page = http::search(**archive, searcher,
                                   {.query = options.query, .limit = options.limit, .cursor = {}});
    if (!page) return std::unexpected(page.error());
    if (options.output == Output::json)
        fmt::print("{}", http::to_json(*page));
    else
        print_text(*page);
    return page->found == 0 ? difference : success;
}

}  // namespace mailhold::cli
