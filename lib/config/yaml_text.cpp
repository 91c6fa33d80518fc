#include "config/yaml_text.hpp"

#include <algorithm>
#include <utility>

namespace tunnelkeyd::config {

namespace {

/// The length of the UTF-8 sequence at the start of `text`; 0 where there is none.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return byte(i) >= low && byte(i) <= high;
    };
    const auto lead = byte(0);
    if (lead < 0x80)
        return lead >= 0x20 || lead == '\t' || lead == '\n' || lead == '\r' ? 1 : 0;
    if (lead >= 0xC2 && lead <= 0xDF)
        return follows(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF)
        return follows(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
    if (lead >= 0xF0 && lead <= 0xF4)
        return follows(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF) && follows(2) && follows(3)
                   ? 4
                   : 0;
    return 0;
}

std::string_view from_line(std::string_view text, std::uint32_t number) {
    for (; number > 0; --number) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos)
            return {};
        text.remove_prefix(end + 1);
    }
    return text;
}

bool is_indented_with_tab(std::string_view text) {
    const auto indent = text.substr(0, text.find_first_not_of(" \t"));
    return indent.find('\t') != std::string_view::npos;
}

/// `[::1]:9847`: a list to YAML, and then something that fits nowhere.
bool has_bare_address(std::string_view text) {
    const auto line = text.substr(0, text.find('\n'));
    const auto at = line.find("]:");
    return at != std::string_view::npos && at + 2 < line.size() && line[at + 2] >= '0' && line[at + 2] <= '9';
}

/// The beginning of yaml-cpp's message (yaml-cpp/exceptions.h, namespace ErrorMsg), and what to say instead.
constexpr std::pair<std::string_view, std::string_view> explanations[] = {
    {"illegal map value",
     "a \":\" stands where none may be; is the line indented like its neighbours, and is text "
     "that contains \": \" in quotes?"},
    {"illegal map key", "a key stands where none may be; is the line indented like its neighbours?"},
    {"illegal block entry", "a \"-\" stands where none may be; is the line indented like its neighbours?"},
    {"end of map not found", "this line does not fit into the mapping around it; is it indented like its "
                             "neighbours, and does its key end with a \":\"?"},
    {"end of sequence not found", "this line does not fit into the list around it; is it indented like its "
                                  "neighbours, and does it begin with \"- \"?"},
    {"end of map flow not found", "a \"{\" is not closed, or a \",\" is missing"},
    {"end of sequence flow not found", "a \"[\" is not closed, or a \",\" is missing"},
    {"illegal flow end", "a closing bracket without its opening one"},
    {"illegal EOF in scalar", "a quote is opened and not closed"},
    {"illegal document indicator in scalar", "a quote is opened and not closed"},
    {"unknown token", "text may not begin with this character; put it in quotes"},
    {"unknown escape character", "a backslash in double quotes begins an escape; use single quotes, or \\\\"},
    {"bad character found while scanning hex number", "\\x, \\u and \\U want hexadecimal digits"},
    {"invalid unicode", "\\u or \\U names no character"},
    {"illegal tab", "a tab in the indentation; YAML allows only spaces there"},
    {"the referenced anchor is not defined",
     "text that begins with \"*\" stands for an anchor, and this one is not "
     "defined; put plain text in quotes"},
    {"cannot assign multiple", "two anchors, tags or aliases for one value"},
    {"aliases can't have any content", "an alias (\"*name\") stands alone"},
    {"YAML major version too large", "only YAML 1 is understood"},
    {"bad file", "nested too deeply"},
};

}  // namespace

std::optional<position> find_bad_character(std::string_view text) {
    position where;
    for (std::size_t at = 0; at < text.size();) {
        const auto length = sequence_length(text.substr(at, 4));
        if (length == 0)
            return where;
        if (text[at] == '\n')
            where = {where.line + 1, 0};
        else
            where.column += static_cast<std::uint32_t>(length);
        at += length;
    }
    return std::nullopt;
}

bool is_unclosed_quote(std::string_view text, position where) {
    const auto line = from_line(text, where.line);
    const auto quoted = line.substr(std::min<std::size_t>(where.column, line.size()));
    if (!quoted.starts_with('"') && !quoted.starts_with('\''))
        return false;
    const char quote = quoted.front();
    for (std::size_t at = 1; at < quoted.size(); ++at) {
        const bool escaped = quote == '"' ? quoted[at] == '\\' : quoted.substr(at, 2) == "''";
        if (escaped)
            ++at;
        else if (quoted[at] == quote)
            return false;
    }
    return true;
}

std::string explain_syntax_error(std::string_view message, std::string_view text, position where) {
    if (is_indented_with_tab(from_line(text, where.line)))
        return "not valid YAML: this line is indented with a tab; YAML allows only spaces there";
    if (has_bare_address(from_line(text, where.line)))
        return "not valid YAML: text that begins with a bracket goes in quotes, as \"[::1]:9847\"";
    const auto* known = std::find_if(std::begin(explanations), std::end(explanations),
                                     [&](const auto& each) { return message.starts_with(each.first); });
    if (known == std::end(explanations))
        return "not valid YAML here";
    return "not valid YAML: " + std::string(known->second);
}

}  // namespace tunnelkeyd::config
