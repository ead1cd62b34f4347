// Copies of a call's buffers in device memory, each between guard bands of its own, and the addresses in its arguments translated.
// Copyright 2026 the Rapt authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <vector>

#include "workbench/cuda_call.h"
#include "workbench/placement_on_device.h"

namespace rapt::workbench {
namespace {

constexpr size_t kBand = 4096;  // bytes; a multiple of every alignment that a kernel asks for
constexpr unsigned char kPoison = 0xFF;
bool bands_wanted = true;

class DeviceCopy {
 public:
  enum class Content { copied, left };

  DeviceCopy(const Buffer& host, const char* name, Content content)
      : host_(host), name_(name), band_(bands_wanted ? kBand : 0), memory_(device_bytes(std::max<size_t>(band_ + host.size() + band_, 1))) {
    if (band_ > 0) require(cudaMemset(memory_.get(), kPoison, band_ + host_.size() + band_), "filling guard bands");
    if (content == Content::copied) write(host_.data());
  }

  const Buffer& host() const { return host_; }
  unsigned char* data() const { return memory_.get() + band_; }

  // Does it hold what the host has at this address? An empty buffer holds its own beginning.
  bool holds(const void* address) const {
    const auto at = reinterpret_cast<uintptr_t>(address), begin = reinterpret_cast<uintptr_t>(host_.data());
    return begin != 0 && at >= begin && at < begin + std::max<size_t>(host_.size(), 1);
  }
  const void* translated(const void* address) const {
    return data() + (static_cast<const unsigned char*>(address) - host_.as<unsigned char>());
  }
  const void* home(const void* address) const { return host_.as<unsigned char>() + (static_cast<const unsigned char*>(address) - data()); }

  void write(const void* bytes) const {
    if (host_.size() > 0) require(cudaMemcpy(data(), bytes, host_.size(), cudaMemcpyHostToDevice), "copying to the device");
  }
  void read(void* bytes) const {
    if (host_.size() > 0) require(cudaMemcpy(bytes, data(), host_.size(), cudaMemcpyDeviceToHost), "copying from the device");
  }
  // A sentence if a byte of a band is not what it was.
  std::string trespass() const {
    std::vector<unsigned char> band(2 * band_);
    if (band_ == 0) return "";
    require(cudaMemcpy(band.data(), memory_.get(), band_, cudaMemcpyDeviceToHost), "reading a guard band");
    require(cudaMemcpy(band.data() + band_, data() + host_.size(), band_, cudaMemcpyDeviceToHost), "reading a guard band");
    const bool intact = std::all_of(band.begin(), band.end(), [](unsigned char byte) { return byte == kPoison; });
    return intact ? "" : fmt::format("something was written before or after {} on the device", name_);
  }

 private:
  Buffer host_;
  const char* name_;
  size_t band_;
  DeviceBytes memory_;
};

class OnDevice : public Placement {
 public:
  OnDevice(const rapt_plan* plan, const Case& data, Buffer& o, Buffer& lse, Buffer& workspace) : plan_(plan) {
    for (const auto& [buffer, name] : data.inputs()) {
      if (buffer.data() != nullptr) inputs_.emplace_back(buffer, name, DeviceCopy::Content::copied);
    }
    outputs_.emplace_back(o, "o", DeviceCopy::Content::copied);
    if (lse.data() != nullptr) outputs_.emplace_back(lse, "lse", DeviceCopy::Content::copied);
    workspace_ =
        std::make_unique<DeviceCopy>(workspace, "the workspace", bands_wanted ? DeviceCopy::Content::copied : DeviceCopy::Content::left);
    translate(data);
    args_.o = outputs_[0].data();
    args_.lse = lse.data() != nullptr ? outputs_[1].data() : nullptr;
  }

  rapt_status run() override {
    const rapt_status status = launch();
    require(cudaStreamSynchronize(nullptr), rapt_plan_kernel(plan_));
    return status;
  }

  double seconds(int64_t runs) override {
    return cold_seconds(runs, [this] {
      if (launch() != RAPT_OK) throw std::runtime_error(rapt_last_error());
    });
  }

  std::string bring_back(bool inputs) override {
    std::string surprise = workspace_->trespass();
    const auto look = [&surprise](const DeviceCopy& copy) {
      if (surprise.empty()) surprise = copy.trespass();
    };
    for (DeviceCopy& output : outputs_) output.read(const_cast<void*>(output.host().data())), look(output);
    if (!inputs) return surprise;
    for (DeviceCopy& input : inputs_) bring_home(input), look(input);
    return surprise;
  }

 private:
  rapt_status launch() {
    void* workspace = workspace_->host().size() > 0 ? workspace_->data() : nullptr;
    return rapt_run(plan_, &args_, workspace, workspace_->host().size(), nullptr);
  }

  const void* translated(const void* address) const {
    if (address == nullptr) return nullptr;
    for (const DeviceCopy& copy : inputs_) {
      if (copy.holds(address)) return copy.translated(address);
    }
    throw std::logic_error("an argument points outside the buffers of its case");
  }

  template <class T>
  void translate(T*& address) const {
    address = static_cast<T*>(const_cast<void*>(translated(static_cast<const void*>(address))));
  }

  void translate(const Case& data) {
    args_ = data.args;
    args_.o = args_.lse = nullptr;
    translate(args_.q), translate(args_.k), translate(args_.v);
    translate(args_.mask), translate(args_.bias), translate(args_.alibi), translate(args_.sinks);
    translate(args_.seqlens_q), translate(args_.seqlens_kv), translate(args_.cu_seqlens_q), translate(args_.cu_seqlens_kv);
    translate(args_.block_table), translate(args_.kv_indptr), translate(args_.kv_indices), translate(args_.kv_last_page_len);
    translate(args_.k_pages), translate(args_.v_pages);
    if (args_.k_pages == nullptr) return;
    k_pool_ = copy_of(data.k), v_pool_ = copy_of(data.v);
    for (const auto& [pages, pool] : {std::pair{copy_of(data.k_pages), k_pool_}, std::pair{copy_of(data.v_pages), v_pool_}}) {
      std::vector<const void*> entries = entries_of(pages->host());
      for (const void*& entry : entries) {
        if (pool->holds(entry)) entry = pool->translated(entry);  // others are NULL or absurd, there as here
      }
      pages->write(entries.data());
    }
  }

  static std::vector<const void*> entries_of(const Buffer& pages) {
    const auto* begin = pages.as<const void*>();
    return std::vector<const void*>(begin, begin + pages.size() / sizeof(void*));
  }

  const DeviceCopy* copy_of(const Buffer& buffer) const {
    const auto found =
        std::find_if(inputs_.begin(), inputs_.end(), [&](const DeviceCopy& copy) { return copy.host().data() == buffer.data(); });
    return found == inputs_.end() ? nullptr : &*found;
  }

  // Page addresses are the device's: they go home as what they were.
  void bring_home(const DeviceCopy& input) {
    auto* host = const_cast<void*>(input.host().data());
    input.read(host);
    if (args_.k_pages == nullptr) return;
    const bool of_k = input.data() == static_cast<const void*>(args_.k_pages),
               of_v = input.data() == static_cast<const void*>(args_.v_pages);
    if (!of_k && !of_v) return;
    const DeviceCopy& pool = of_k ? *k_pool_ : *v_pool_;
    auto* entries = static_cast<const void**>(host);
    for (size_t i = 0; i < input.host().size() / sizeof(void*); ++i) {
      const auto at = reinterpret_cast<uintptr_t>(entries[i]), begin = reinterpret_cast<uintptr_t>(pool.data());
      if (at >= begin && at < begin + pool.host().size()) entries[i] = pool.home(entries[i]);
    }
  }

  const rapt_plan* plan_;
  std::vector<DeviceCopy> inputs_, outputs_;
  std::unique_ptr<DeviceCopy> workspace_;
  const DeviceCopy *k_pool_ = nullptr, *v_pool_ = nullptr;
};

}  // namespace

void place_with_bands(bool wanted) { bands_wanted = wanted; }

std::unique_ptr<Placement> place_on_device(const rapt_plan* plan, const Case& data, Buffer& o, Buffer& lse, Buffer& workspace) {
  return std::make_unique<OnDevice>(plan, data, o, lse, workspace);
}

}  // namespace rapt::workbench
