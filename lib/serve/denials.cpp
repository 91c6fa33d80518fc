#include "serve/denials.hpp"

#include <utility>

namespace tunnelkeyd::serve {

namespace {

constexpr auto window = std::chrono::minutes(10);
constexpr unsigned most_of_one = 5;
constexpr unsigned most_in_all = 20;
constexpr std::size_t longest_path = 200;

std::string shortened(std::string_view path) {
    return path.size() <= longest_path ? std::string(path) : std::string(path.substr(0, longest_path)) + "...";
}

}  // namespace

void denials::note(uid_t user, const std::string& by, std::string_view path, time_point now) {
    if (now >= until_) {
        until_ = now + window;
        written_.clear();
        written_in_all_ = 0;
    }
    if (written_in_all_ == most_in_all || written_[user] == most_of_one) {
        ++left_out_;
        return;
    }
    ++written_in_all_;
    const bool last = ++written_[user] == most_of_one || written_in_all_ == most_in_all;

    const auto what = shortened(path);
    core::notice event{core::log_level::warn,
                       "control.refused",
                       by + " may not ask for " + what + " at the control socket, and was refused",
                       {{"by", by}, {"path", what}}};
    if (left_out_ > 0) {
        const auto count = std::to_string(left_out_);
        event.message += "; " + count + " refusals before this one were left out here";
        event.fields.emplace_back("left_out", count);
    }
    if (last)
        event.message += "; what follows within ten minutes may be left out here";
    left_out_ = 0;
    log_.write("", event);
}

}  // namespace tunnelkeyd::serve
