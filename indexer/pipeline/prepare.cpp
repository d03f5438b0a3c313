// Reading, parsing and summing up; the only place of the pipeline that looks into a message.
#include "indexer/pipeline/prepare.hpp"

#include <exception>
#include <optional>

#include "indexer/engine/index.hpp"
#include "indexer/mime/links.hpp"
#include "indexer/mime/parse.hpp"
#include "indexer/mime/section.hpp"
#include "store/base/log.hpp"

namespace mailhold::indexer::pipeline {
namespace {

// nullopt for octets that are damaged for good.
Result<std::optional<Blob>> read(const store::ArchiveReader& archive, MessageNumber number) {
    auto octets = archive.octets(number);
    if (octets) return std::optional(std::move(*octets));
    const auto code = octets.error().code;
    if (code != Errc::corrupt && code != Errc::not_found) return std::unexpected(octets.error());
    log::error("index.unreadable",
               {{"message", mailhold::number(number)}, {"error", octets.error().text}});
    return std::optional<Blob>();
}

// The parsers never throw by contract; a message that breaks it (or memory's limit) must not stop
// those after it.
template <class F>
auto guarded(MessageNumber number, F&& work) {
    try {
        return work();
    } catch (const std::exception& problem) {
        log::error("index.unparsable",
                   {{"message", mailhold::number(number)}, {"error", problem.what()}});
        return decltype(work()){};
    }
}

}  // namespace

Result<Prepared> prepare(const store::ArchiveReader& archive, const store::StoredMessage& message,
                         const text::Extractor& extractor) {
    const auto octets = read(archive, message.number);
    if (!octets) return std::unexpected(octets.error());
    if (!*octets) return Prepared{};
    return guarded(message.number, [&] {
        const auto view = (*octets)->view();
        const auto parsed = mime::parse(view);
        return Prepared{text::make_search_text(view, parsed, extractor),
                        {mime::envelope_text(parsed.envelope),
                         mime::structure_text(parsed, mime::StructureForm::body),
                         mime::structure_text(parsed, mime::StructureForm::body_structure),
                         mime::links_text(mime::read_links(view))}};
    });
}

Result<text::SearchText> search_text(const store::ArchiveReader& archive, MessageNumber number,
                                     const text::Extractor& extractor) {
    const auto octets = read(archive, number);
    if (!octets) return std::unexpected(octets.error());
    if (!*octets) return text::SearchText{};
    return guarded(number, [&] {
        const auto view = (*octets)->view();
        return text::make_search_text(view, mime::parse(view), extractor);
    });
}

Result<std::vector<text::AttachmentState>> attachment_states(const store::ArchiveReader& archive,
                                                             MessageNumber number,
                                                             const text::Extractor& extractor) {
    if (const auto index = engine::IndexReader::open(archive.index_folder())) {
        if (auto stored = (*index)->text(number)) return std::move(stored->states);
    }
    auto made = search_text(archive, number, extractor);
    if (!made) return std::unexpected(made.error());
    return std::move(made->states);
}

}  // namespace mailhold::indexer::pipeline
