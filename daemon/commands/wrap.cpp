#include "daemon/commands/wrap.hpp"

namespace tunnelkeyd::daemon {

std::string wrapped(const std::string& first, std::string_view text, std::size_t columns) {
    std::string all;
    std::string line = first;
    bool has_word = false;
    while (!text.empty()) {
        const auto blank = text.find(' ');
        const auto word = text.substr(0, blank);
        text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
        if (word.empty())
            continue;
        if (has_word && line.size() + 1 + word.size() > columns) {
            all += line + '\n';
            line.assign(first.size(), ' ');
            has_word = false;
        }
        line.append(has_word ? " " : "").append(word);
        has_word = true;
    }
    return all + line + '\n';
}

std::string shortened(const std::string& text, std::size_t columns) {
    constexpr std::string_view left_out = "...";
    if (text.size() <= columns)
        return text;
    if (columns <= left_out.size())
        return text.substr(0, columns);
    const auto tail = (columns - left_out.size()) / 2;
    return text.substr(0, columns - left_out.size() - tail).append(left_out) + text.substr(text.size() - tail);
}

}  // namespace tunnelkeyd::daemon
