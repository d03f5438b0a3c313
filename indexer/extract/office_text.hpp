// Which elements of office XML have text, and what divides words and lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "indexer/extract/output.hpp"
#include "indexer/extract/xml.hpp"

namespace mailhold::indexer::extract {

// Every text, each element on its own: properties.
class AllText : public XmlHandler {
  public:
    explicit AllText(Output& output) : output_(output) {}
    void start(std::string_view, const XmlAttributes&) override {}
    void end(std::string_view) override { output_.add("\n"); }
    void text(std::string_view utf8) override { output_.add(utf8); }

  private:
    Output& output_;
};

// WordprocessingML, PresentationML, DrawingML, SpreadsheetML but for cells; and the links of .rels.
// What Word keeps of deleted text and field codes comes after its paragraph, so that it parts no
// phrase.
class OoxmlText : public XmlHandler {
  public:
    explicit OoxmlText(Output& output) : output_(output) {}
    void start(std::string_view name, const XmlAttributes& attributes) override;
    void end(std::string_view name) override;
    void text(std::string_view utf8) override;

  private:
    Output& output_;
    std::string element_;        // the innermost that began
    std::string aside_;          // to come after the paragraph
    std::size_t fallbacks_ = 0;  // mc:Fallback repeats what mc:Choice says
};

class SharedStrings : public XmlHandler {
  public:
    explicit SharedStrings(Output& output) : output_(output) {}
    void start(std::string_view name, const XmlAttributes& attributes) override;
    void end(std::string_view name) override;
    void text(std::string_view utf8) override;
    std::vector<std::string> strings;

  private:
    Output& output_;
    std::size_t kept_ = 0;
    bool in_text_ = false;
    bool phonetic_ = false;
};

// The cells of a worksheet, a line each row.
class SheetText : public XmlHandler {
  public:
    SheetText(Output& output, const std::vector<std::string>& strings)
        : output_(output), strings_(strings) {}
    void start(std::string_view name, const XmlAttributes& attributes) override;
    void end(std::string_view name) override;
    void text(std::string_view utf8) override;

  private:
    Output& output_;
    const std::vector<std::string>& strings_;
    bool in_value_ = false;
    bool shared_ = false;  // the value is an index
    std::string value_;
};

// content.xml, styles.xml (headers and footers), and whether the manifest tells of encryption.
class OpenDocumentText : public XmlHandler {
  public:
    explicit OpenDocumentText(Output& output) : output_(output) {}
    void start(std::string_view name, const XmlAttributes& attributes) override;
    void end(std::string_view name) override;
    void text(std::string_view utf8) override;
    bool encrypted = false;

  private:
    Output& output_;
    std::string aside_;        // links, to come after the paragraph
    std::size_t visible_ = 0;  // elements we are in whose text counts
};

}  // namespace mailhold::indexer::extract
