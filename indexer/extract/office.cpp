// Which members have text, in passes over the zip: what a person reads first comes first.
#include "indexer/extract/office.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "indexer/extract/extract.hpp"
#include "indexer/extract/office_text.hpp"
#include "indexer/extract/package.hpp"

namespace mailhold::indexer::extract {
namespace {

using text::ExtractStatus;
using Wanted = std::function<bool(std::string_view)>;

bool contains_any(std::string_view name, std::initializer_list<std::string_view> parts) {
    return std::ranges::any_of(parts, [&](auto part) { return name.contains(part); });
}

class OfficeReader {
  public:
    OfficeReader(std::string_view octets, Output& output) : octets_(octets), output_(output) {}

    // Each member that is wanted, through the handler into a piece of its own.
    void pass(const Wanted& wanted, XmlHandler& handler) {
        each(wanted, [&](Package& package, const Member& member) {
            XmlReader reader(handler);
            bool good = true;
            for (auto part = package.read(); !part.empty() && good; part = package.read()) {
                if (!output_.count_unpacked(part.size()) || !output_.may_go_on()) return;
                good = reader.feed(part);
            }
            if (!good || !reader.finish())
                output_.mark(ExtractStatus::failed, "damaged: " + member.name);
            output_.end_piece();
        });
    }

    // Documents within the document.
    void nested(const Wanted& wanted) {
        each(wanted, [&](Package& package, const Member& member) {
            read_member(package, member, output_);
        });
    }

  private:
    template <class Read>
    void each(const Wanted& wanted, Read&& read) {
        Package package(octets_, Packing::zip);
        while (const auto member = package.next()) {
            if (!output_.may_go_on()) return;
            if (!wanted(member->name)) continue;
            if (!output_.count_member()) return;
            if (member->encrypted)
                output_.mark(ExtractStatus::encrypted, "encrypted");
            else
                read(package, *member);
        }
        if (package.damaged()) output_.mark(ExtractStatus::failed, "a damaged zip file");
    }

    std::string_view octets_;
    Output& output_;
};

bool is_main(std::string_view name) {
    return name == "word/document.xml" || name.starts_with("ppt/slides/slide");
}
bool is_sheet(std::string_view name) {
    return name.starts_with("xl/worksheets/") && name.ends_with(".xml");
}
// Comments, notes, headers, drawings, charts: whatever else may have text.
bool is_other_text(std::string_view name) {
    const bool inside =
        name.starts_with("word/") || name.starts_with("ppt/") || name.starts_with("xl/");
    return inside && name.ends_with(".xml") && !is_main(name) && !is_sheet(name) &&
           name != "xl/sharedStrings.xml" &&
           !contains_any(name, {"/theme/", "slideMaster", "slideLayout", "styles", "ettings",
                                "fontTable", "/custom"});
}

void read_ooxml(std::string_view octets, Output& output) {
    OfficeReader reader(octets, output);
    OoxmlText text(output);
    SharedStrings strings(output);
    SheetText sheet(output, strings.strings);
    reader.pass(is_main, text);
    reader.pass([](auto name) { return name == "xl/sharedStrings.xml"; }, strings);
    reader.pass(is_sheet, sheet);
    reader.pass(is_other_text, text);
    reader.pass([](auto name) { return name.ends_with(".rels"); }, text);
    AllText properties(output);
    reader.pass([](auto name) { return name == "docProps/core.xml"; }, properties);
    reader.nested([](auto name) { return contains_any(name, {"/embeddings/"}); });
}

void read_open_document(std::string_view octets, Output& output) {
    OfficeReader reader(octets, output);
    OpenDocumentText text(output);
    reader.pass([](auto name) { return name == "META-INF/manifest.xml"; }, text);
    if (text.encrypted) return output.mark(ExtractStatus::encrypted, "encrypted");
    reader.pass([](auto name) { return name == "content.xml"; }, text);
    reader.pass([](auto name) { return name == "styles.xml"; }, text);
    AllText properties(output);
    reader.pass([](auto name) { return name == "meta.xml"; }, properties);
    reader.pass([](auto name) { return name != "content.xml" && name.ends_with("/content.xml"); },
                text);
}

}  // namespace

OfficeKind office_kind(const std::set<std::string>& members) {
    if (members.contains("[Content_Types].xml")) return OfficeKind::ooxml;
    if (members.contains("content.xml") && members.contains("META-INF/manifest.xml"))
        return OfficeKind::open_document;
    return OfficeKind::none;
}

void read_office(OfficeKind kind, std::string_view octets, Output& output) {
    if (kind == OfficeKind::ooxml) read_ooxml(octets, output);
    if (kind == OfficeKind::open_document) read_open_document(octets, output);
}

}  // namespace mailhold::indexer::extract
