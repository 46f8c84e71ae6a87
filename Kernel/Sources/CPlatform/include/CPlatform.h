// What Swift cannot say itself: instructions, registers and the linker's symbols.
//
// Addresses are integers here and pointers nowhere, so that Swift decides where memory is touched.

#ifndef CPLATFORM_H
#define CPLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The registers at an interrupt, as interrupts.S pushes them.
struct interrupt_frame {
  uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
  uint64_t vector, error;
  uint64_t rip, cs, rflags, rsp, ss;
};

struct cpuid_result { uint32_t eax, ebx, ecx, edx; };

void descriptor_tables_load(void);
// Makes a stack that context_switch can go to; returns its stack pointer.
uint64_t thread_prepare(uintptr_t stack_top);
// Stores the stack pointer at an address and goes on with another. Interrupts are masked.
void context_switch(uintptr_t saved_stack_pointer, uint64_t stack_pointer);

// Port I/O.
static inline uint8_t port_read8(uint16_t p) { uint8_t v; __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(p) : "memory"); return v; }
static inline uint16_t port_read16(uint16_t p) { uint16_t v; __asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(p) : "memory"); return v; }
static inline uint32_t port_read32(uint16_t p) { uint32_t v; __asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(p) : "memory"); return v; }
static inline void port_write8(uint16_t p, uint8_t v) { __asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(p) : "memory"); }
static inline void port_write16(uint16_t p, uint16_t v) { __asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(p) : "memory"); }
static inline void port_write32(uint16_t p, uint32_t v) { __asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(p) : "memory"); }

// Memory-mapped registers.
static inline uint8_t mmio_read8(uintptr_t a) { return *(volatile uint8_t *)a; }
static inline uint16_t mmio_read16(uintptr_t a) { return *(volatile uint16_t *)a; }
static inline uint32_t mmio_read32(uintptr_t a) { return *(volatile uint32_t *)a; }
static inline void mmio_write8(uintptr_t a, uint8_t v) { *(volatile uint8_t *)a = v; }
static inline void mmio_write16(uintptr_t a, uint16_t v) { *(volatile uint16_t *)a = v; }
static inline void mmio_write32(uintptr_t a, uint32_t v) { *(volatile uint32_t *)a = v; }
static inline void mmio_write64(uintptr_t a, uint64_t v) { *(volatile uint64_t *)a = v; }
static inline uint64_t mmio_read64(uintptr_t a) { return *(volatile uint64_t *)a; }

// Interrupt masking on this processor.
static inline bool interrupts_mask(void) {
  uint64_t flags;
  __asm__ volatile("pushfq\n\tpopq %0\n\tcli" : "=r"(flags) : : "memory");
  return flags & 0x200;
}
static inline void interrupts_unmask(void) { __asm__ volatile("sti" : : : "memory"); }
// One statement: an interrupt between the two instructions would be slept through.
static inline void interrupts_unmask_and_halt(void) { __asm__ volatile("sti\n\thlt\n\tcli" : : : "memory"); }
static inline void processor_halt(void) { __asm__ volatile("cli\n\thlt" : : : "memory"); }
static inline void processor_pause(void) { __asm__ volatile("pause" : : : "memory"); }

// Control registers.
static inline uint64_t cr0_read(void) { uint64_t v; __asm__ volatile("movq %%cr0, %0" : "=r"(v)); return v; }
static inline uint64_t cr2_read(void) { uint64_t v; __asm__ volatile("movq %%cr2, %0" : "=r"(v)); return v; }
static inline uint64_t cr3_read(void) { uint64_t v; __asm__ volatile("movq %%cr3, %0" : "=r"(v)); return v; }
static inline uint64_t cr4_read(void) { uint64_t v; __asm__ volatile("movq %%cr4, %0" : "=r"(v)); return v; }
static inline void cr3_write(uint64_t v) { __asm__ volatile("movq %0, %%cr3" : : "r"(v) : "memory"); }
static inline void page_invalidate(uintptr_t a) { __asm__ volatile("invlpg (%0)" : : "r"(a) : "memory"); }
static inline void cr0_write(uint64_t v) { __asm__ volatile("movq %0, %%cr0" : : "r"(v) : "memory"); }
static inline void cr4_write(uint64_t v) { __asm__ volatile("movq %0, %%cr4" : : "r"(v) : "memory"); }
static inline uint64_t frame_pointer_read(void) { uint64_t v; __asm__ volatile("movq %%rbp, %0" : "=r"(v)); return v; }

static inline uint64_t msr_read(uint32_t r) {
  uint32_t low, high;
  __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(r));
  return (uint64_t)high << 32 | low;
}
static inline void msr_write(uint32_t r, uint64_t v) {
  __asm__ volatile("wrmsr" : : "a"((uint32_t)v), "d"((uint32_t)(v >> 32)), "c"(r) : "memory");
}
static inline struct cpuid_result cpuid_read(uint32_t leaf, uint32_t subleaf) {
  struct cpuid_result r;
  __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
  return r;
}
static inline uint64_t timestamp_read(void) {
  uint32_t low, high;
  __asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high) : : "memory");
  return (uint64_t)high << 32 | low;
}
struct rdrand_result { uint64_t value; bool ok; };
// Not ok when the generator had nothing to give.
static inline struct rdrand_result rdrand_read(void) {
  struct rdrand_result r;
  __asm__ volatile("rdrand %0\n\tsetc %1" : "=r"(r.value), "=qm"(r.ok) : : "cc");
  return r;
}
// Vector registers. The areas lie on 64 bytes; `components` is what XCR0 allows.
static inline void vector_components_set(uint64_t components) {
  __asm__ volatile("xsetbv" : : "a"((uint32_t)components), "d"((uint32_t)(components >> 32)), "c"(0));
}
static inline void vector_state_xsave(uintptr_t area, uint64_t components) {
  __asm__ volatile("xsave64 (%0)" : : "r"(area), "a"((uint32_t)components), "d"((uint32_t)(components >> 32)) : "memory");
}
static inline void vector_state_xrstor(uintptr_t area, uint64_t components) {
  __asm__ volatile("xrstor64 (%0)" : : "r"(area), "a"((uint32_t)components), "d"((uint32_t)(components >> 32)) : "memory");
}
static inline void vector_state_fxsave(uintptr_t area) { __asm__ volatile("fxsave64 (%0)" : : "r"(area) : "memory"); }
static inline void vector_state_fxrstor(uintptr_t area) { __asm__ volatile("fxrstor64 (%0)" : : "r"(area) : "memory"); }
static inline bool interrupts_are_unmasked(void) {
  uint64_t flags;
  __asm__ volatile("pushfq\n\tpopq %0" : "=r"(flags) : : "memory");
  return flags & 0x200;
}
// For tests (vectors.S): the sixteen vector registers from 512 bytes, and to them; whole ones of 32
// bytes where the processor has AVX, else the lower half of each.
void vector_registers_load(uintptr_t bytes, bool are_wide);
void vector_registers_store(uintptr_t bytes, bool are_wide);
// For the test that data cannot be executed.
static inline void code_call(uintptr_t a) { __asm__ volatile("call *%0" : : "r"(a) : "memory"); }

// Where the linker put the image; every border is a page's.
extern const char image_start[], image_rodata_start[], image_data_start[], image_end[];
extern const char image_boot_stack_guard[], image_boot_stack_top[];
static inline uintptr_t address_of_image(void) { return (uintptr_t)image_start; }
static inline uintptr_t address_of_rodata(void) { return (uintptr_t)image_rodata_start; }
static inline uintptr_t address_of_data(void) { return (uintptr_t)image_data_start; }
static inline uintptr_t address_of_image_end(void) { return (uintptr_t)image_end; }
static inline uintptr_t address_of_boot_stack_guard(void) { return (uintptr_t)image_boot_stack_guard; }
static inline uintptr_t address_of_boot_stack_top(void) { return (uintptr_t)image_boot_stack_top; }

#endif
