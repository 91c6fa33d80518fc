#include "config/problems.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tunnelkeyd::config {

namespace {

constexpr std::size_t most = 100;

/// The characters in the first `bytes` of a line: what an editor counts.
std::size_t characters(std::string_view line, std::size_t bytes) {
    const auto part = line.substr(0, bytes);
    return static_cast<std::size_t>(std::count_if(
        part.begin(), part.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::string path::text() const {
    if (parent == nullptr)
        return {};
    auto text = parent->text();
    if (key.empty())
        return text + "[" + std::to_string(index) + "]";
    return text.empty() ? std::string(key) : text + "." + std::string(key);
}

bool problems::before(const problem& a, const problem& b) {
    return std::tie(a.where.line, a.where.column, a.number) < std::tie(b.where.line, b.where.column, b.number);
}

void problems::add(position where, std::string text) {
    kept_.push_back({where, count_++, std::move(text)});
    std::push_heap(kept_.begin(), kept_.end(), before);
    if (kept_.size() > most) {
        std::pop_heap(kept_.begin(), kept_.end(), before);
        kept_.pop_back();
    }
}

void problems::add(position where, const path& at, std::string_view text) {
    if (kept_.size() == most && before(kept_.front(), {where, count_, {}})) {
        ++count_;  // not kept, so its text is not needed
        return;
    }
    const auto field = at.text();
    add(where, field.empty() ? std::string(text) : field + ": " + std::string(text));
}

std::vector<std::string> problems::texts(std::string_view name, std::string_view source) const {
    auto sorted = kept_;
    std::sort_heap(sorted.begin(), sorted.end(), before);
    std::vector<std::string> result;
    std::size_t line = 0;
    for (const auto& each : sorted) {
        for (; line < each.where.line && !source.empty(); ++line)
            source.remove_prefix(std::min(source.find('\n'), source.size() - 1) + 1);
        const auto column = characters(source, each.where.column) + 1;
        result.push_back(std::string(name) + ":" + std::to_string(each.where.line + 1) + ":" +
                         std::to_string(column) + ": " + each.text);
    }
    if (count_ > sorted.size())
        result.push_back(std::string(name) + ": " + std::to_string(count_) +
                         " errors in all, of which the first " + std::to_string(sorted.size()) + " are shown");
    return result;
}

}  // namespace tunnelkeyd::config
