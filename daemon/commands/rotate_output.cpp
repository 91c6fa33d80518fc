#include "daemon/commands/rotate_output.hpp"

#include "daemon/commands/rotate.hpp"
#include "daemon/commands/wrap.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>
#include <utility>

namespace tunnelkeyd::daemon {

rotate_output::rotate_output(std::ostream& out, std::ostream& err, const command_context& all, bool waits)
    : out_(out), err_(err), on_(all.out), json_(all.json), waits_(waits) {
}

void rotate_output::asked(const std::string& tunnel, bool joined) {
    asked_.emplace_back(tunnel, joined);
    if (!json_ && !waits_)
        put(tunnel + (joined ? ": joins the rotation that is under way\n" : ": a rotation begins\n"));
}

void rotate_output::ended(const ended_rotation& rotation) {
    ended_.push_back(rotation);
    if (json_)
        return;
    if (rotation.done) {
        if (!on_.terminal)
            put(rotation.tunnel + ": installed\n");
        return;
    }
    auto text = rotation.tunnel + ": " + painted("failed", paint::red, on_) + ": " + rotation.error + "\n";
    if (!rotation.remedy.empty())
        text += wrapped("  -> ", rotation.remedy, on_.columns);
    put(text);
}

void rotate_output::note(const std::string& text) {
    wipe_progress();
    err_ << wrapped("", text, on_.columns) << std::flush;
}

void rotate_output::progress(const rotation_watch& watch) {
    if (!on_.terminal || json_)
        return;
    out_ << '\r' << progress_text(watch.done(), watch.failed(), watch.total()) << "\x1b[K" << std::flush;
    drawn_ = true;
}

void rotate_output::finish(const rotation_watch& watch) {
    if (json_)
        return print_json();
    if (watch.total() == 0)
        return put("the configuration has no tunnels: nothing is rotated\n");
    if (!waits_)
        return;
    wipe_progress();
    out_ << watch.done() << " of " << watch.total() << " done";
    if (watch.failed() > 0)
        out_ << ", " << painted(std::to_string(watch.failed()) + " failed", paint::red, on_);
    out_ << std::endl;
}

void rotate_output::wipe_progress() {
    if (std::exchange(drawn_, false))
        out_ << "\r\x1b[K" << std::flush;
}

void rotate_output::put(const std::string& text) {
    wipe_progress();
    out_ << text << std::flush;
}

/// {"rotations": [{"tunnel", "joined"}]}; after waiting also "result" and, of one that failed, "error" and
/// "remedy".
void rotate_output::print_json() const {
    auto list = nlohmann::ordered_json::array();
    for (const auto& [tunnel, joined] : asked_)
        list.push_back({{"tunnel", tunnel}, {"joined", joined}});
    for (const auto& each : ended_) {
        auto at = std::find_if(list.begin(), list.end(),
                               [&](const auto& known) { return known.at("tunnel") == each.tunnel; });
        auto& entry =
            at == list.end() ? list.emplace_back(nlohmann::ordered_json{{"tunnel", each.tunnel}}) : *at;
        entry["result"] = each.done ? "installed" : "failed";
        if (!each.done) {
            entry["error"] = each.error;
            entry["remedy"] =
                each.remedy.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(each.remedy);
        }
    }
    out_ << nlohmann::ordered_json{{"rotations", std::move(list)}}.dump() << std::endl;
}

std::string progress_text(std::size_t done, std::size_t failed, std::size_t total) {
    constexpr std::size_t width = 20;
    const auto ended = done + failed;
    const auto filled = total == 0 ? width : width * ended / total;
    auto text = "[" + std::string(filled, '#') + std::string(width - filled, '.') + "] " +
                std::to_string(done) + " of " + std::to_string(total) + " done";
    if (failed > 0)
        text += ", " + std::to_string(failed) + " failed";
    return text + ", " + std::to_string(total - ended) + " in flight";
}

}  // namespace tunnelkeyd::daemon
